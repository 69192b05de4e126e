import { between, type Clock, type CredentialName, type TokenRecord } from '#libs/tokens';

import { MAX_EARLIER_TOKENS } from '../max-earlier-tokens.ts';

/** Earlier tokens of each credential, until they expire. */
export class MemoryEarlierTokens {
  readonly #clock: Clock;
  readonly #records = new Map<CredentialName, readonly TokenRecord[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(record: TokenRecord): void {
    this.#records.set(record.name, [record, ...this.of(record.name)].slice(0, MAX_EARLIER_TOKENS));
  }

  /** Newest first. */
  of(name: CredentialName): readonly TokenRecord[] {
    const now = this.#clock.now();
    return (this.#records.get(name) ?? []).filter(({ token }) => between(now, token.expiresAt) > 0);
  }
}
