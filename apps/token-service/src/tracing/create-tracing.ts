import type { Logger } from 'pino';

import type { ServiceConfig } from '../config/service-config.ts';
import { UNTRACED, type Tracing } from './tracing.ts';

interface TracingParts {
  readonly config: ServiceConfig;
  readonly log: Logger;
}

/**
 * Creates the tracing that the configuration asks for. It loads the OpenTelemetry SDK only where traces are
 * on.
 */
export async function createTracing({ config, log }: TracingParts): Promise<Tracing> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = config;
  if (endpoint === undefined) return UNTRACED;
  const { openTracing } = await import('./open-tracing.ts');
  return openTracing(endpoint, log);
}
