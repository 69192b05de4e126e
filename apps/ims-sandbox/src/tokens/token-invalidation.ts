import type { StateKeeper } from '../state/state-keeper.ts';
import type { AccessTokenCheck } from './access-token-check.ts';
import { expiryMs } from './access-token-claims.ts';
import type { InvalidatedTokens } from './invalidated-tokens.ts';

/** Takes tokens back before their time, and remembers it across a restart. */
export class TokenInvalidation {
  readonly #check: AccessTokenCheck;
  readonly #invalidated: InvalidatedTokens;
  readonly #state: StateKeeper;

  constructor(check: AccessTokenCheck, invalidated: InvalidatedTokens, state: StateKeeper) {
    this.#check = check;
    this.#invalidated = invalidated;
    this.#state = state;
  }

  /** A token that is dead already, or belongs to another client, changes nothing. */
  async invalidate(token: string, clientId: string, nowMs: number): Promise<void> {
    const standing = await this.#check.standing(token, nowMs);
    if (!standing.live || standing.claims.client_id !== clientId) return;
    this.#invalidated.add({ id: standing.claims.id, expiresAtMs: expiryMs(standing.claims) }, nowMs);
    await this.#state.save();
  }
}
