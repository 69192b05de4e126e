import type { CurrentTokens } from '#libs/tokens';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, type Span, type Tracer } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { CALLER, CREDENTIAL, LIFE_LEFT, OUTCOME, SHA256 } from './attributes.ts';
import { RootSpanLimiter } from './root-span-limiter.ts';

/** The routes on which callers ask for a token or have something done about one, and what their spans are called. */
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

/** Spans of requests for, or about, a token: part of the trace its sender names, else the start of one, while there are few. */
export function traceRequests(fastify: FastifyInstance, tracer: Tracer, tokens: CurrentTokens): void {
  const fresh = new RootSpanLimiter(process.env['OTEL_TRACES_SAMPLER']);
  fastify.addHook('onRequest', (request, reply, done) => {
    const { url: route = '' } = request.routeOptions;
    const name = SPANS.get(route);
    if (name !== undefined && (request.headers['traceparent'] !== undefined || fresh.mayBegin())) {
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
    // What no credential is called may be anything, a key in the wrong place too.
    if (tokens.get(credential) !== undefined) span.setAttribute(CREDENTIAL, credential);
    if (tokenSha256 !== null) span.setAttribute(SHA256, tokenSha256);
    if (expiresIn !== null) span.setAttribute(LIFE_LEFT, expiresIn);
    if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
  }
  span.end();
}
