import { between, instant, later, millis, type Instant, type Millis } from '#libs/tokens';

import type { ImsHeaders } from './ims-response.ts';
import type { Redact } from './redact.ts';

interface RoundTrip {
  readonly sentAt: Instant;
  /** From the request to the response headers, by the monotonic clock. */
  readonly took: Millis;
}

/** Reads `Date`, `Retry-After` and `x-debug-id`. */
export function readImsHeaders(headers: Headers, { sentAt, took }: RoundTrip, redact: Redact): ImsHeaders {
  const receivedAt = later(sentAt, took);
  const date = httpDate(headers.get('date'));
  const debugId = headers.get('x-debug-id');
  return {
    // `Date` drops the fraction of its second: half a second is the best guess.
    clockSkew: date === null ? null : millis(between(sentAt, date) + 500 - took / 2),
    retryAfter: retryAfter(headers.get('retry-after'), date ?? receivedAt),
    debugId: debugId === null || debugId === '' ? undefined : redact(debugId, 100),
  };
}

/**
 * RFC 9110 §10.2.3: seconds, or a date. A date counts from the response's own `Date`, not from this machine's
 * clock.
 */
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
