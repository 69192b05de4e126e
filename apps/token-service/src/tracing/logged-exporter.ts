import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';

/**
 * Logs when the collector stops accepting spans, and when it accepts them again. Rejected spans are dropped.
 */
export class LoggedExporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #log: Logger;
  #isDown = false;

  constructor(exporter: SpanExporter, log: Logger) {
    this.#exporter = exporter;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#exporter.export(spans, (result) => {
      this.#note(result);
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }

  #note({ code, error }: ExportResult): void {
    const isDown = code !== ExportResultCode.SUCCESS;
    if (isDown === this.#isDown) return;
    this.#isDown = isDown;
    if (isDown) {
      const reason = error?.message ?? 'no reason given';
      this.#log.warn({ event: 'tracing.down', reason }, 'the collector accepts no spans; they are dropped');
    } else this.#log.info({ event: 'tracing.up' }, 'the collector accepts spans again');
  }
}
