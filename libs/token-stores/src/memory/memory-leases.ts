import type { Clock, CredentialName, Lease, Millis } from '#libs/tokens';

/** Leases among the parts of one process, which end by the monotonic clock. */
export class MemoryLeases {
  readonly #clock: Clock;
  readonly #held = new Map<CredentialName, { readonly end: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one, or null where another is in force. */
  take(name: CredentialName, holdFor: Millis): Lease | null {
    const now = this.#clock.monotonic();
    const held = this.#held.get(name);
    if (held !== undefined && held.end > now) return null;
    const own = { end: now + holdFor };
    this.#held.set(name, own);
    return {
      release: async () => {
        if (this.#held.get(name) === own) this.#held.delete(name);
      },
    };
  }
}
