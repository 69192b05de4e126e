import type { IncomingHttpHeaders } from 'node:http';

import { Problem } from './problem.ts';

/** Returns the problem of a body with a content coding. The service decodes none (RFC 9110 §15.5.16). */
export function encodedBodyProblem(headers: IncomingHttpHeaders): Problem | undefined {
  const { 'content-encoding': coding = '', 'content-length': length = '0' } = headers;
  if (/^(?:[\s,]|identity)*$/i.test(coding)) return undefined;
  if (length === '0' && headers['transfer-encoding'] === undefined) return undefined;
  return new Problem(
    'invalid_request',
    'The body has a Content-Encoding, but this service decodes none: send the body as it is.',
    // RFC 9110 §12.5.3: the response to a request says which codings are accepted in requests.
    { status: 415, headers: { 'accept-encoding': 'identity' } },
  );
}
