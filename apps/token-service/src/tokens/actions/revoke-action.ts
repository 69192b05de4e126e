import type { Caller } from '#libs/callers';
import {
  millis,
  type CurrentTokens,
  type RefresherClient,
  type RevocationOutcome,
  type Seconds,
  type StoreSync,
} from '#libs/tokens';

import { Problem } from '../../http/problem.ts';
import type { ActionMetrics } from './action-metrics.ts';
import { actionRefusal, RETRY_AFTER_SECONDS } from './action-refusals.ts';
import type { CheckedRequest, TokenAction } from './token-action.ts';

/** Longer than the refreshing process takes at most, for an exchange and for the invalidation at IMS. */
const REVOCATION_ANSWER_TIMEOUT = millis(25_000);

interface RevokeActionParts {
  readonly refresher: RefresherClient;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly metrics: ActionMetrics;
}

/**
 * `POST /v1/tokens/{name}/revoke`: revokes a leaked token at IMS after publishing its replacement.
 * Idempotent.
 */
export class RevokeAction implements TokenAction {
  readonly verb = 'revoke';
  readonly event = 'token.revoked';
  readonly #parts: RevokeActionParts;

  constructor(parts: RevokeActionParts) {
    this.#parts = parts;
  }

  isAllowed(caller: Caller, name: string): boolean {
    return caller.mayRevoke(name);
  }

  count(caller: string, name: string, outcome: string): void {
    this.#parts.metrics.revoked(caller, name, outcome);
  }

  async answer({ reply, about, auditRecord }: CheckedRequest): Promise<void> {
    const { refresher, tokens, sync } = this.#parts;
    const answer = await refresher.send({ type: 'revoke-token', ...about }, REVOCATION_ANSWER_TIMEOUT);
    if (answer?.type !== 'revocation-answered') {
      throw failed(
        'No process that holds credentials answered, so it is unknown whether the token was revoked.',
        null,
      );
    }
    const { outcome } = answer;
    const problem = problemOf(outcome, answer.retryAfter);
    if (problem !== null) throw problem;
    // The next caller of this process must not get the revoked token.
    await sync.catchUp(about.name);
    auditRecord.outcome = outcome;
    auditRecord.tokenSha256 = answer.currentSha256 ?? tokens.get(about.name)?.cached?.token.sha256 ?? null;
    void reply
      .header('cache-control', 'no-store')
      .send({ revoked: outcome === 'revoked', token_sha256: auditRecord.tokenSha256 });
  }
}

/** The problem that the response reports; null where the token is revoked, or was unknown. */
function problemOf(outcome: RevocationOutcome, retryAfter: Seconds | null): Problem | null {
  switch (outcome) {
    case 'revoked':
    case 'unknown_token':
      return null;
    case 'refreshing':
      return failed('The replacement of the token is not published yet.', retryAfter);
    case 'failed':
      return failed(
        'The revocation is incomplete; the log of the refreshing process has the reason.',
        retryAfter,
      );
    case 'budget_exhausted':
    case 'not_renewable':
    case 'credential_not_found':
      return actionRefusal(outcome, retryAfter);
  }
}

const failed = (reason: string, retryAfter: Seconds | null): Problem =>
  new Problem('revocation_failed', `${reason} Send the request again: completed steps are not repeated.`, {
    retryAfter: retryAfter ?? RETRY_AFTER_SECONDS,
  });
