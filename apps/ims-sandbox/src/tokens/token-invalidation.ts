import type { StateKeeper } from '../state/state-keeper.ts';
import { expiryMs } from './access-token-claims.ts';
import type { AccessTokenValidator } from './access-token-validator.ts';
import type { InvalidatedTokens } from './invalidated-tokens.ts';

/** Invalidates tokens before they expire, and writes them to the state file. */
export class TokenInvalidation {
  readonly #check: AccessTokenValidator;
  readonly #invalidated: InvalidatedTokens;
  readonly #state: StateKeeper;

  constructor(check: AccessTokenValidator, invalidated: InvalidatedTokens, state: StateKeeper) {
    this.#check = check;
    this.#invalidated = invalidated;
    this.#state = state;
  }

  /** Ignores tokens that are already invalid or belong to another client. */
  async invalidate(token: string, clientId: string, nowMs: number): Promise<void> {
    const validity = await this.#check.validate(token, nowMs);
    if (!validity.valid || validity.claims.client_id !== clientId) return;
    this.#invalidated.add({ id: validity.claims.id, expiresAtMs: expiryMs(validity.claims) }, nowMs);
    await this.#state.save();
  }
}
