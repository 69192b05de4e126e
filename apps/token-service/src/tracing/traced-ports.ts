import type { CredentialSource, ImsClient, TokenEvent, TokenRenewal, TokenStore } from '#libs/tokens';
import { SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';

import { ofCall, ofToken, OUTCOME, VERSION } from './attributes.ts';
import { withSpans } from './with-spans.ts';

const { INTERNAL, CLIENT } = SpanKind;
/** Methods that do no work of a request or a refresh. */
const NOT_WORK = new Set(['watch', 'close']);

const isPartOfWork = (): boolean => trace.getActiveSpan() !== undefined;

/** The regular poll of the store, once a second, gets no span; a `list` inside other work does. */
export const tracedStore = (store: TokenStore, tracer: Tracer): TokenStore =>
  withSpans(store, tracer, (method, args) =>
    NOT_WORK.has(method) || (method === 'list' && !isPartOfWork())
      ? null
      : { name: `store.${method}`, kind: CLIENT, attributes: ofCall(args) },
  );

export const tracedSource = (source: CredentialSource, tracer: Tracer): CredentialSource =>
  withSpans(source, tracer, (method, args) =>
    NOT_WORK.has(method) ? null : { name: `source.${method}`, kind: CLIENT, attributes: ofCall(args) },
  );

export const tracedIms = (ims: ImsClient, tracer: Tracer): ImsClient =>
  withSpans(ims, tracer, (method, [credential]) => {
    const { imsOrigin, kind } = credential as Parameters<ImsClient['exchange']>[0];
    const attributes = { 'server.address': new URL(imsOrigin).host, 'ims_token.kind': kind };
    return { name: method, kind: CLIENT, attributes };
  });

/** The parent span of one renewal, from the lease to the publication. */
export const tracedRenewal = (renewal: TokenRenewal, tracer: Tracer): TokenRenewal =>
  withSpans(renewal, tracer, (method, args) =>
    method === 'renew' ? { name: 'refresh', kind: INTERNAL, attributes: ofCall(args) } : null,
  );

/** Adds an event to the active span. Events are emitted synchronously within the work that they belong to. */
export function recordInSpan(event: TokenEvent): void {
  const span = trace.getActiveSpan();
  if (span === undefined) return;
  if (event.type === 'token.minted') {
    span.setAttributes({ ...ofToken(event.token), [VERSION]: event.version, [OUTCOME]: 'success' });
  } else if (event.type === 'exchange.failed') {
    const { code } = event.failure;
    span.setAttribute(OUTCOME, code).setStatus({ code: SpanStatusCode.ERROR, message: code });
  }
}
