import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { Millis } from '../model/units.ts';

const EXCHANGES = 12;
const WINDOW = 60 * 60 * 1000;

/**
 * Limits the exchanges of one process while no store keeps it in step with others: twelve per credential in
 * an hour, or in a token's lifetime where that is shorter. A fuse and no schedule: normal operation does not
 * come near it.
 */
export class StandaloneBudget {
  readonly #clock: Clock;
  readonly #spent = new Map<CredentialName, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Takes one exchange out of the budget. False where it is used up.
   * @param life of the token at stake; null where none was ever cached
   */
  spend(name: CredentialName, life: Millis | null): boolean {
    const now = this.#clock.monotonic();
    const since = now - Math.min(WINDOW, life ?? WINDOW);
    const recent = (this.#spent.get(name) ?? []).filter((at) => at > since);
    this.#spent.set(name, recent);
    if (recent.length >= EXCHANGES) return false;
    recent.push(now);
    return true;
  }

  forget(name: CredentialName): void {
    this.#spent.delete(name);
  }
}
