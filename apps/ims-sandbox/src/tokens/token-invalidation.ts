import type { StateWriter } from '../state/state-writer.ts';
import { expiryMs } from './access-token-claims.ts';
import type { AccessTokenValidator } from './access-token-validator.ts';
import type { InvalidatedTokens } from './invalidated-tokens.ts';

/** Invalidates tokens before they expire, and writes them to the state file. */
export class TokenInvalidation {
  readonly #validator: AccessTokenValidator;
  readonly #invalidated: InvalidatedTokens;
  readonly #state: StateWriter;

  constructor(validator: AccessTokenValidator, invalidated: InvalidatedTokens, state: StateWriter) {
    this.#validator = validator;
    this.#invalidated = invalidated;
    this.#state = state;
  }

  /** Ignores tokens that are already invalid or belong to another client. */
  async invalidate(token: string, clientId: string, nowMs: number): Promise<void> {
    const validity = await this.#validator.validate(token, nowMs);
    if (!validity.valid || validity.claims.client_id !== clientId) return;
    this.#invalidated.add({ id: validity.claims.id, expiresAtMs: expiryMs(validity.claims) }, nowMs);
    await this.#state.save();
  }
}
