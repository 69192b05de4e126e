import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';

import { SERVICE_CONFIG } from '../config/settings.ts';
import { provideFrom } from '../injection/provide.ts';
import { LOG } from '../logging/create-log.ts';
import { createTracing } from './create-tracing.ts';
import { TRACING, type Tracing } from './tracing.ts';

/** Traces, where `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector. */
@Global()
@Module({
  providers: [provideFrom(TRACING, { config: SERVICE_CONFIG, log: LOG }, createTracing)],
  exports: [TRACING],
})
export class TracingModule implements OnApplicationShutdown {
  readonly #tracing: Tracing;

  constructor(@Inject(TRACING) tracing: Tracing) {
    this.#tracing = tracing;
  }

  /** Nest shuts global modules down last, so the spans of the last requests are exported too. */
  onApplicationShutdown(): Promise<void> {
    return this.#tracing.close();
  }
}
