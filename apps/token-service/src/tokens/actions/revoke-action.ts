import type { Caller } from '#libs/callers';
import {
  millis,
  seconds,
  type CurrentTokens,
  type Questions,
  type RevocationOutcome,
  type Seconds,
  type StoreMirror,
} from '#libs/tokens';

import type { ActionMetrics } from '../../metrics/action-metrics.ts';
import { localTokenProblem, noTokenProblem } from '../no-token-problem.ts';
import { Problem } from '../../http/problem.ts';
import type { AskedAction, TokenAction } from './token-action.ts';

/** A little longer than whoever is asked takes at most: for an exchange, and for IMS to take the token back. */
const PATIENCE = millis(25_000);
const AGAIN_SOON = seconds(5);
const AGAIN_MUCH_LATER = seconds(300);

interface RevokeActionParts {
  readonly questions: Questions;
  readonly tokens: CurrentTokens;
  readonly mirror: StoreMirror;
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

  async answer({ reply, about, trail }: AskedAction): Promise<void> {
    const { questions, tokens, mirror } = this.#parts;
    const answer = await questions.ask({ type: 'revoke-token', ...about }, PATIENCE);
    if (answer?.type !== 'revocation-answered') {
      throw failed('No process that holds credentials answered, so nobody knows what was done.', null);
    }
    const { outcome } = answer;
    const obstacle = obstacleOf(outcome, answer.retryAfter);
    if (obstacle !== null) throw obstacle;
    // Whoever asks here next must not get what was just taken back.
    await mirror.catchUp(about.name);
    trail.outcome = outcome;
    trail.tokenSha256 = answer.currentSha256 ?? tokens.get(about.name)?.held?.record.token.sha256 ?? null;
    void reply
      .header('cache-control', 'no-store')
      .send({ revoked: outcome === 'revoked', token_sha256: trail.tokenSha256 });
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
        retryAfter: retryAfter ?? AGAIN_MUCH_LATER,
      });
    case 'not_renewable':
      return localTokenProblem();
    case 'credential_not_found':
      return noTokenProblem({ outcome, retryAfter: AGAIN_SOON }, false);
  }
}

const failed = (what: string, retryAfter: Seconds | null): Problem =>
  new Problem('revocation_failed', `${what} Ask again: what is done already is not done twice.`, {
    retryAfter: retryAfter ?? AGAIN_SOON,
  });
