import type { Caller } from '#libs/callers';
import {
  millis,
  seconds,
  type CurrentTokens,
  type RefresherClient,
  type RevocationOutcome,
  type Seconds,
  type StoreSync,
} from '#libs/tokens';

import type { ActionMetrics } from '../../metrics/action-metrics.ts';
import { localTokenProblem, noTokenProblem } from '../no-token-problem.ts';
import { Problem } from '../../http/problem.ts';
import type { AskedAction, TokenAction } from './token-action.ts';

/** A little longer than whoever is asked takes at most: for an exchange, and for IMS to take the token back. */
const REVOCATION_ANSWER_TIMEOUT = millis(25_000);
const RETRY_AFTER_SECONDS = seconds(5);
const BUDGET_RETRY_AFTER_SECONDS = seconds(300);

interface RevokeActionParts {
  readonly refresher: RefresherClient;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly metrics: ActionMetrics;
}

/** `POST /v1/tokens/{name}/revoke`: for incidents. Another token takes its place first; repeating it changes nothing. */
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

  async answer({ reply, about, auditRecord }: AskedAction): Promise<void> {
    const { refresher, tokens, sync } = this.#parts;
    const answer = await refresher.send({ type: 'revoke-token', ...about }, REVOCATION_ANSWER_TIMEOUT);
    if (answer?.type !== 'revocation-answered') {
      throw failed('No process that holds credentials answered, so nobody knows what was done.', null);
    }
    const { outcome } = answer;
    const obstacle = obstacleOf(outcome, answer.retryAfter);
    if (obstacle !== null) throw obstacle;
    // Whoever asks here next must not get what was just taken back.
    await sync.catchUp(about.name);
    auditRecord.outcome = outcome;
    auditRecord.tokenSha256 = answer.currentSha256 ?? tokens.get(about.name)?.cached?.token.sha256 ?? null;
    void reply
      .header('cache-control', 'no-store')
      .send({ revoked: outcome === 'revoked', token_sha256: auditRecord.tokenSha256 });
  }
}

/** Why it was not done; null where it was, or there was nothing to do. */
function obstacleOf(outcome: RevocationOutcome, retryAfter: Seconds | null): Problem | null {
  switch (outcome) {
    case 'revoked':
    case 'unknown_token':
      return null;
    case 'refreshing':
      return failed('The token that is to take its place is not there yet.', retryAfter);
    case 'failed':
      return failed('Not all of it could be done; the log of the refreshing process says why.', retryAfter);
    case 'budget_exhausted':
      return new Problem(outcome, 'No more tokens of this credential are fetched for now.', {
        retryAfter: retryAfter ?? BUDGET_RETRY_AFTER_SECONDS,
      });
    case 'not_renewable':
      return localTokenProblem();
    case 'credential_not_found':
      return noTokenProblem({ outcome, retryAfter: RETRY_AFTER_SECONDS }, false);
  }
}

const failed = (what: string, retryAfter: Seconds | null): Problem =>
  new Problem('revocation_failed', `${what} Ask again: what is done already is not done twice.`, {
    retryAfter: retryAfter ?? RETRY_AFTER_SECONDS,
  });
