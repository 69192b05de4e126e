import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What may stand in a header and in a line of JSON as it is. */
const GOOD_ID = /^[A-Za-z0-9._:/+=@-]{1,128}$/;
/** W3C Trace Context §3.2.2: version, trace id, parent id, flags. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-|$)/;

const ourStart = randomBytes(6).toString('hex');
let made = 0;

/** The id of the trace this request is part of, if its sender says so in the proper form. */
export function traceIdOf({ traceparent }: IncomingHttpHeaders): string | null {
  return typeof traceparent === 'string' ? (TRACEPARENT.exec(traceparent)?.[1] ?? null) : null;
}

/** What this request is called in the audit and in its answer: as its sender calls it, else the trace it is part of, else a new name. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers['x-request-id'];
  if (typeof given === 'string' && GOOD_ID.test(given)) return given;
  return traceIdOf(headers) ?? `${ourStart}-${(made += 1)}`;
}
