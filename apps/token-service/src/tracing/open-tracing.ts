import { millis, withDeadlineOr } from '#libs/tokens';
import { context, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';

import { LoggedExporter } from './logged-exporter.ts';
import { traceRequests } from './trace-requests.ts';
import { recordInSpan, tracedIms, tracedSource, tracedStore, tracedRenewal } from './traced-ports.ts';
import type { Tracing } from './tracing.ts';

/** Less than the limit of the shutdown (10 seconds): responses matter more than spans. */
const SHUTDOWN_TIMEOUT = millis(3_000);

/** Exports traces to the OTLP/HTTP collector at `endpoint`. The SDK reads its other variables itself. */
export function openTracing(endpoint: URL, log: Logger): Tracing {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'ims-token-service' }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [
      new BatchSpanProcessor(new LoggedExporter(new OTLPTraceExporter(address(endpoint)), log)),
    ],
  });
  // Asynchronous work finds its parent span through it. All services of a process share one.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const tracer: Tracer = provider.getTracer('ims-token-service');
  return {
    store: (store) => tracedStore(store, tracer),
    source: (source) => tracedSource(source, tracer),
    ims: (ims) => tracedIms(ims, tracer),
    renewal: (renewal) => tracedRenewal(renewal, tracer),
    record: recordInSpan,
    requests: (fastify, tokens) => traceRequests(fastify, tracer, tokens),
    close: () => shutDown(provider),
  };
}

/** The SDK's own variable for the traces endpoint has precedence. */
const address = (endpoint: URL): { url?: string } =>
  process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']
    ? {}
    : { url: `${endpoint.href.replace(/\/$/, '')}/v1/traces` };

/** LoggedExporter logs failed exports, so an error here is in the log already. */
const shutDown = (provider: BasicTracerProvider): Promise<void> =>
  withDeadlineOr(
    SHUTDOWN_TIMEOUT,
    provider.shutdown().catch(() => undefined),
    undefined,
  );
