import type { NoToken } from '#libs/tokens';

import { Problem } from '../http/problem.ts';

/**
 * The problem that tells the caller why the service vends no token.
 * @param isStarting true until the warm-up is over: an unknown name may belong to a credential that is not
 *   read yet
 */
export function noTokenProblem({ outcome, retryAfter, longest }: NoToken, isStarting: boolean): Problem {
  if (isStarting && (outcome === 'credential_not_found' || outcome === 'token_unavailable')) {
    return new Problem('starting', 'The service has not read its credentials yet; ask again in a moment.', {
      retryAfter,
    });
  }
  switch (outcome) {
    case 'credential_not_found':
      return new Problem(
        outcome,
        'There is no credential of that name here; GET /v1/status lists those there are.',
      );
    case 'invalid_min_ttl':
      return new Problem(
        'invalid_request',
        `min_ttl is longer than this token's whole life; ask for at most ${longest} seconds.`,
      );
    case 'token_unavailable':
      return new Problem(
        outcome,
        'No token could be fetched for this credential yet; GET /v1/status/{name} says why.',
        {
          retryAfter,
        },
      );
    case 'token_expired':
      return new Problem(
        outcome,
        'The last token ran out before a new one could be had; GET /v1/status/{name} says why.',
        {
          retryAfter,
        },
      );
    case 'min_ttl_unavailable':
      return new Problem(outcome, 'The current token has less life left than min_ttl asks for.', {
        retryAfter,
      });
  }
}

/** The problem for an action on a local development token, which only a person can fetch. */
export const localTokenProblem = (): Problem =>
  new Problem(
    'conflict',
    'This is a local development token: only a person can fetch another one, and store it under this name.',
  );
