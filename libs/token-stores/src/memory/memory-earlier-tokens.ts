import { between, type Clock, type CredentialName, type TokenRecord } from '#libs/tokens';

/** As many as a credential renewed every half hour leaves behind in a working day; in Redis it is the same. */
export const EARLIER_TOKENS = 16;

/** The tokens that were current before, for the rest of their lives. */
export class MemoryEarlierTokens {
  readonly #clock: Clock;
  readonly #records = new Map<CredentialName, readonly TokenRecord[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(record: TokenRecord): void {
    this.#records.set(record.name, [record, ...this.of(record.name)].slice(0, EARLIER_TOKENS));
  }

  /** Newest first. */
  of(name: CredentialName): readonly TokenRecord[] {
    const now = this.#clock.now();
    return (this.#records.get(name) ?? []).filter(({ token }) => between(now, token.expiresAt) > 0);
  }
}
