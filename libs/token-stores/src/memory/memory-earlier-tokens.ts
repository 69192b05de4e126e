import { between, MAX_EARLIER_TOKENS, type Clock, type CredentialName, type TokenRecord } from '#libs/tokens';

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

  restore(name: CredentialName, records: readonly TokenRecord[]): void {
    const there = this.of(name);
    const lost = records.filter(({ generation }) => !there.some((each) => each.generation === generation));
    const kept = [...there, ...lost].slice(0, MAX_EARLIER_TOKENS);
    this.#records.set(
      name,
      kept.sort((one, other) => other.generation - one.generation),
    );
  }

  /** Newest first. */
  of(name: CredentialName): readonly TokenRecord[] {
    const now = this.#clock.now();
    return (this.#records.get(name) ?? []).filter(({ token }) => between(now, token.expiresAt) > 0);
  }
}
