import type { CachedToken } from '../model/cached-token.ts';
import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';

/** How many earlier tokens of a credential are kept, in a process and in the store. */
export const MAX_EARLIER_TOKENS = 16;

/**
 * The tokens that this process had in service earlier, until they expire. IMS goes on accepting them, so they
 * must stay revocable. None of them is vended.
 */
export class EarlierTokens {
  readonly #clock: Clock;
  readonly #tokens = new Map<CredentialName, readonly CachedToken[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(cached: CachedToken): void {
    const { name } = cached.record;
    const others = this.of(name).filter(({ token }) => token.sha256 !== cached.token.sha256);
    this.#tokens.set(name, [cached, ...others].slice(0, MAX_EARLIER_TOKENS));
  }

  /** Newest first. */
  of(name: CredentialName): readonly CachedToken[] {
    const all = this.#tokens.get(name);
    if (all === undefined) return [];
    const alive = all.filter((cached) => cached.remaining(this.#clock) > 0);
    if (alive.length === 0) this.#tokens.delete(name);
    else if (alive.length < all.length) this.#tokens.set(name, alive);
    return alive;
  }

  /** The credentials that have earlier tokens. Some of these may have expired. */
  names(): readonly CredentialName[] {
    return [...this.#tokens.keys()];
  }
}
