import type { StateKeeper } from '../state/state-keeper.ts';
import { expiryMs } from './access-token-claims.ts';
import type { AccessTokenValidator } from './access-token-validator.ts';
import type { InvalidatedTokens } from './invalidated-tokens.ts';

/** Takes tokens back before their time, and remembers it across a restart. */
export class TokenInvalidation {
  readonly #check: AccessTokenValidator;
  readonly #invalidated: InvalidatedTokens;
  readonly #state: StateKeeper;

  constructor(check: AccessTokenValidator, invalidated: InvalidatedTokens, state: StateKeeper) {
    this.#check = check;
    this.#invalidated = invalidated;
    this.#state = state;
  }

  /** A token that is dead already, or belongs to another client, changes nothing. */
  async invalidate(token: string, clientId: string, nowMs: number): Promise<void> {
    const validity = await this.#check.validate(token, nowMs);
    if (!validity.valid || validity.claims.client_id !== clientId) return;
    this.#invalidated.add({ id: validity.claims.id, expiresAtMs: expiryMs(validity.claims) }, nowMs);
    await this.#state.save();
  }
}
