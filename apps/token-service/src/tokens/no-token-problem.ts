import type { CredentialStatusRecord, NoToken } from '#libs/tokens';

import { Problem } from '../http/problem.ts';
import { failureSummary } from './failure-summary.ts';

/** Behind a load balancer, the next connection may reach a process that has a token. */
export const ON_ANOTHER_CONNECTION = { connection: 'close' } as const;

/** What the service knows besides the outcome. */
export interface NoTokenContext {
  /** True until the warm-up is over: an unknown name may belong to a credential that is not read yet. */
  readonly isStarting: boolean;
  readonly status?: CredentialStatusRecord | null | undefined;
}

/** Whether this outcome may have another reason before the credentials are read. */
export const mayBeUnread = (outcome: NoToken['outcome']): boolean =>
  outcome === 'credential_not_found' || outcome === 'token_unavailable';

/** The problem that tells the caller why the service vends no token. */
export function noTokenProblem(
  { outcome, retryAfter, longest }: NoToken,
  { isStarting, status }: NoTokenContext,
): Problem {
  if (isStarting && mayBeUnread(outcome)) {
    return new Problem('starting', 'The service has not read its credentials yet; ask again in a moment.', {
      retryAfter,
    });
  }
  const { members, sentence } = failureSummary(status);
  switch (outcome) {
    case 'credential_not_found':
      return new Problem(
        outcome,
        'There is no credential of that name here: check the name, or have the credential stored.',
      );
    case 'invalid_min_ttl':
      return new Problem(
        'invalid_request',
        `min_ttl is longer than this token's whole life; ask for at most ${longest} seconds.`,
      );
    case 'token_unavailable':
      return new Problem(outcome, `No token could be fetched for this credential yet. ${sentence}`.trim(), {
        retryAfter,
        members,
        headers: ON_ANOTHER_CONNECTION,
      });
    case 'token_expired':
      return new Problem(
        outcome,
        `The last token ran out before a new one could be had. ${sentence}`.trim(),
        {
          retryAfter,
          members,
          headers: ON_ANOTHER_CONNECTION,
        },
      );
    case 'min_ttl_unavailable':
      return new Problem(
        outcome,
        `The current token has less life left than min_ttl asks for. ${sentence}`.trim(),
        { retryAfter, members },
      );
  }
}

/** The problem for an action on a local development token, which only a person can fetch. */
export const localTokenProblem = (): Problem =>
  new Problem(
    'conflict',
    'This is a local development token: only a person can fetch another one, and store it under this name.',
  );
