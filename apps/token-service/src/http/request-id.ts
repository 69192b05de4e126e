import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Characters that need no escaping in a header and in JSON. */
const GOOD_ID = /^[A-Za-z0-9._:/+=@-]{1,128}$/;
/** W3C Trace Context §3.2.2: version, trace id, parent id, flags. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;

const prefix = randomBytes(6).toString('hex');
let count = 0;

/** The trace id of a valid `traceparent` header; null without one. */
export function traceIdOf({ traceparent }: IncomingHttpHeaders): string | null {
  return typeof traceparent === 'string' ? (TRACEPARENT.exec(traceparent)?.[1] ?? null) : null;
}

/**
 * The id of a request in the audit and in its response: `X-Request-Id`, otherwise the trace id, otherwise a
 * new id.
 */
export function requestIdOf({ headers }: { readonly headers: IncomingHttpHeaders }): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && GOOD_ID.test(given)) return given;
  return traceIdOf(headers) ?? `${prefix}-${(count += 1)}`;
}
