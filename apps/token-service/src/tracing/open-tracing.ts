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

/** Less than a process has to end in: spans are worth less than the answers under way. */
const SHUTDOWN_TIMEOUT_MS = 3_000;

/** Traces to the OTLP/HTTP collector at `endpoint`. All else is the SDK's own environment: headers, sampler, limits, resource. */
export function openTracing(endpoint: URL, log: Logger): Tracing {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'ims-token-service' }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: [
      new BatchSpanProcessor(new LoggedExporter(new OTLPTraceExporter(address(endpoint)), log)),
    ],
  });
  // So that what a span's work causes, however much later, knows its parent. One for all services of a process.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const tracer: Tracer = provider.getTracer('ims-token-service');
  return {
    store: (store) => tracedStore(store, tracer),
    source: (source) => tracedSource(source, tracer),
    ims: (ims) => tracedIms(ims, tracer),
    renewal: (renewal) => tracedRenewal(renewal, tracer),
    record: recordInSpan,
    requests: (fastify, tokens) => traceRequests(fastify, tracer, tokens),
    close: () => farewell(provider),
  };
}

/** The SDK's own variable for traces alone wins, as everywhere. */
const address = (endpoint: URL): { url?: string } =>
  process.env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']
    ? {}
    : { url: `${endpoint.href.replace(/\/$/, '')}/v1/traces` };

async function farewell(provider: BasicTracerProvider): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, SHUTDOWN_TIMEOUT_MS);
  });
  // What the collector would not take is in the log already.
  await Promise.race([provider.shutdown().catch(() => {}), patience]);
  clearTimeout(timer);
}
