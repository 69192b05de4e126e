import { seconds, type Seconds } from '#libs/tokens';
import type { FastifyRequest } from 'fastify';

import { matchesAnything } from './entity-tag.ts';
import { Problem } from '../http/problem.ts';

/** Seconds that a request may be held back; proxies hang up after a minute as a rule. */
export const MAX_WAIT_SECONDS = 60;

/** What a request for a token may ask for besides. */
export interface TokenQuery {
  /** The life the token must have left. */
  readonly minTtl: Seconds | null;
  /** How long to wait for another token than the one the caller has. */
  readonly wait: Seconds | null;
}

const NOTHING: TokenQuery = { minTtl: null, wait: null };

/** Reads the query of a token request: `min_ttl` and `wait` in whole seconds, and nothing else. */
export function readTokenQuery({ query, headers }: FastifyRequest): TokenQuery {
  let read = NOTHING;
  for (const [field, value] of Object.entries(query as Record<string, unknown>)) {
    switch (field) {
      case 'min_ttl':
        read = { ...read, minTtl: wholeSeconds(value, 'min_ttl', 0, 999_999_999) };
        break;
      case 'wait':
        read = { ...read, wait: wholeSeconds(value, 'wait', 1, MAX_WAIT_SECONDS) };
        mustNameToken(headers['if-none-match']);
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

/** What is waited for is another token than one the caller has: it has to say which that is. */
function mustNameToken(ifNoneMatch: string | undefined): void {
  if (ifNoneMatch === undefined || matchesAnything(ifNoneMatch)) {
    throw new Problem(
      'invalid_request',
      'wait needs If-None-Match with the ETag of the token you have; it answers once there is another one.',
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
