import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { Millis } from '../model/units.ts';

const EXCHANGES = 12;
const WINDOW = 60 * 60 * 1000;

/**
 * Limits the tokens that one process mints while no store keeps it in step with others: twelve per credential
 * in an hour, or in a token's lifetime where that is shorter. A fuse and no schedule: normal operation does
 * not come near it.
 */
export class StandaloneBudget {
  readonly #clock: Clock;
  readonly #spent = new Map<CredentialName, readonly number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Whether another token may be minted. Failed attempts are not charged: the back-off limits them.
   * @param life of the token at stake; null where none was ever cached
   */
  allows(name: CredentialName, life: Millis | null): boolean {
    return this.#recent(name, life).length < EXCHANGES;
  }

  /** Takes one minted token out of the budget. */
  charge(name: CredentialName): void {
    this.#spent.set(name, [...this.#recent(name, null), this.#clock.monotonic()]);
  }

  forget(name: CredentialName): void {
    this.#spent.delete(name);
  }

  #recent(name: CredentialName, life: Millis | null): readonly number[] {
    const since = this.#clock.monotonic() - Math.min(WINDOW, life ?? WINDOW);
    return (this.#spent.get(name) ?? []).filter((at) => at > since);
  }
}
