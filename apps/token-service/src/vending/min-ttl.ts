import { seconds, type Seconds } from '#libs/tokens';

import { Problem } from './problem.ts';

/** Reads the query of a token request: `min_ttl` in whole seconds, and nothing else. */
export function readMinTtl(query: unknown): Seconds | null {
  let minTtl: Seconds | null = null;
  for (const [field, value] of Object.entries(query as Record<string, unknown>)) {
    if (field !== 'min_ttl') {
      throw new Problem(
        'invalid_request',
        'The query has a field this route does not know; it knows min_ttl.',
      );
    }
    if (typeof value !== 'string' || !/^\d{1,9}$/.test(value)) {
      throw new Problem(
        'invalid_request',
        'min_ttl must be one whole number of seconds, such as min_ttl=600.',
      );
    }
    minTtl = seconds(Number(value));
  }
  return minTtl;
}
