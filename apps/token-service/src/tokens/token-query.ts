import { seconds, type Seconds } from '#libs/tokens';
import type { FastifyRequest } from 'fastify';

import { Problem } from '../http/problem.ts';

/** The longest wait in seconds that a request may ask for; `LongPolls` answers a little earlier. */
export const MAX_WAIT_SECONDS = 60;
/**
 * The SHA-256 of a token, regardless of the text around it: proxies that compress change `"…"` to `"…-gzip"`.
 */
const DIGEST = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/i;

/** The query of a request for a token. */
export interface TokenQuery {
  /** The least remaining lifetime of the token. */
  readonly minTtl: Seconds | null;
  /** How long to wait for another token than the one in `If-None-Match`. */
  readonly wait: Seconds | null;
}

export const EMPTY_QUERY: TokenQuery = { minTtl: null, wait: null };

/**
 * Reads the query of a request for a token: `min_ttl` and `wait` in whole seconds.
 * @throws Problem `invalid_request` for any other field
 */
export function readTokenQuery({ query, headers }: FastifyRequest): TokenQuery {
  let read = EMPTY_QUERY;
  for (const [field, value] of Object.entries(query as Record<string, unknown>)) {
    switch (field) {
      case 'min_ttl':
        read = { ...read, minTtl: wholeSeconds(value, 'min_ttl', 0, 999_999_999) };
        break;
      case 'wait':
        read = { ...read, wait: wholeSeconds(value, 'wait', 1, MAX_WAIT_SECONDS) };
        assertNamesToken(headers['if-none-match']);
        break;
      default:
        throw new Problem(
          'invalid_request',
          'The query has a field this route does not know; it knows min_ttl and wait.',
        );
    }
  }
  return read;
}

/**
 * A long poll ends with another token than the caller's, so `If-None-Match` must name that one. Otherwise
 * each answer would come at once, and the caller would send the next request at once.
 */
function assertNamesToken(ifNoneMatch: string | undefined): void {
  if (ifNoneMatch === undefined || !DIGEST.test(ifNoneMatch)) {
    throw new Problem(
      'invalid_request',
      'wait needs If-None-Match with the ETag of the token you have, W/"<SHA-256 of the token>"; it answers once there is another one.',
    );
  }
}

function wholeSeconds(value: unknown, field: string, least: number, most: number): Seconds {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return seconds(number);
  throw new Problem(
    'invalid_request',
    `${field} must be one whole number of seconds from ${least} to ${most}, such as ${field}=${Math.min(600, most)}.`,
  );
}
