import { between, instant, later, millis, type Instant, type Millis } from '#libs/tokens';

import type { ImsHeaders } from './ims-answer.ts';
import type { Quote } from './redact.ts';

/** When a request was sent, and how long its answer took by a clock that nobody can set. */
interface RoundTrip {
  readonly askedAt: Instant;
  readonly took: Millis;
}

/** Reads the headers that matter beside the body. */
export function readImsHeaders(headers: Headers, { askedAt, took }: RoundTrip, quote: Quote): ImsHeaders {
  const answeredAt = later(askedAt, took);
  const date = httpDate(headers.get('date'));
  const debugId = headers.get('x-debug-id');
  return {
    // `Date` drops the fraction of its second: half a second is the best guess of it.
    clockSkew: date === null ? null : millis(between(askedAt, date) + 500 - took / 2),
    retryAfter: retryAfter(headers.get('retry-after'), date ?? answeredAt),
    debugId: debugId === null || debugId === '' ? undefined : quote(debugId, 100),
  };
}

/** RFC 9110 §10.2.3: seconds, or a date; a date is counted from the answer's own, so that our clock does not matter. */
function retryAfter(header: string | null, now: Instant): Millis | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return millis(Number(header) * 1000);
  const date = httpDate(header);
  return date === null ? undefined : millis(Math.max(0, between(now, date)));
}

function httpDate(header: string | null): Instant | null {
  if (header === null || !/^[A-Z][a-z]{2,8},? /.test(header)) return null;
  const parsed = Date.parse(header);
  return Number.isNaN(parsed) ? null : instant(parsed);
}
