import type { Clock, CredentialName, Lease, Millis } from '#libs/tokens';

/** Leases within one process, which expire by the monotonic clock. */
export class MemoryLeases {
  readonly #clock: Clock;
  readonly #leases = new Map<CredentialName, { readonly end: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a lease; null while another one is valid. */
  take(name: CredentialName, holdFor: Millis): Lease | null {
    const now = this.#clock.monotonic();
    const current = this.#leases.get(name);
    if (current !== undefined && current.end > now) return null;
    const own = { end: now + holdFor };
    this.#leases.set(name, own);
    return {
      release: async () => {
        if (this.#leases.get(name) === own) this.#leases.delete(name);
      },
    };
  }
}
