import type { CurrentTokens } from '#libs/tokens';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, type Span, type Tracer } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { CALLER, CREDENTIAL, LIFE_LEFT, OUTCOME, SHA256 } from './attributes.ts';
import { RootSpanLimiter } from './root-span-limiter.ts';

/** The names of the spans, by route. */
const SPANS = new Map([
  ['/v1/tokens/:name', 'vend'],
  ['/oauth/token', 'vend'],
  ['/v1/tokens/:name/refresh', 'report'],
  ['/v1/tokens/:name/revoke', 'revoke'],
]);

const propagator = new W3CTraceContextPropagator();
const fromHeaders = {
  get: (headers: FastifyRequest['headers'], name: string) => headers[name],
  keys: (headers: FastifyRequest['headers']) => Object.keys(headers),
};

/**
 * Starts a span for each of these requests, in the trace of its `traceparent`. Without one, a limited number
 * begin a trace.
 */
export function traceRequests(fastify: FastifyInstance, tracer: Tracer, tokens: CurrentTokens): void {
  const limiter = new RootSpanLimiter(process.env['OTEL_TRACES_SAMPLER']);
  fastify.addHook('onRequest', (request, reply, done) => {
    const { url: route = '' } = request.routeOptions;
    const name = SPANS.get(route);
    if (name !== undefined && (request.headers['traceparent'] !== undefined || limiter.mayBegin())) {
      const parent = propagator.extract(ROOT_CONTEXT, request.headers, fromHeaders);
      const attributes = { 'http.request.method': request.method, 'http.route': route };
      const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
      reply.raw.once('close', () => finish(span, request, reply, tokens));
    }
    done();
  });
}

function finish(
  span: Span,
  { auditRecord }: FastifyRequest,
  { statusCode }: FastifyReply,
  tokens: CurrentTokens,
): void {
  span.setAttribute('http.response.status_code', statusCode);
  if (auditRecord !== null) {
    const { outcome, caller, credential, tokenSha256, expiresIn } = auditRecord;
    span.setAttribute(OUTCOME, outcome);
    if (caller !== null) span.setAttribute(CALLER, caller);
    // The span omits an unknown name: it may be a key in the wrong place.
    if (credential !== null && tokens.get(credential) !== undefined)
      span.setAttribute(CREDENTIAL, credential);
    if (tokenSha256 !== null) span.setAttribute(SHA256, tokenSha256);
    if (expiresIn !== null) span.setAttribute(LIFE_LEFT, expiresIn);
    if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
  }
  span.end();
}
