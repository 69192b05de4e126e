import type { Clock } from '../model/clock.ts';
import type { Millis } from '../model/units.ts';

/**
 * So few that thousands of credentials do not storm an IMS that fails, and enough to notice that it is back.
 */
const MAX_RETRIES_PER_SECOND = 20;
const SECOND = 1_000;

/** Limits the retries of a process while attempts fail. The first success lifts the limit. */
export class RetryPace {
  readonly #clock: Clock;
  #isFailing = false;
  #since = -Infinity;
  #started = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether a retry may start now; counts it if so. */
  mayStart(): boolean {
    if (!this.#isFailing) return true;
    const now: Millis = this.#clock.monotonic();
    if (now - this.#since >= SECOND) {
      this.#since = now;
      this.#started = 0;
    }
    if (this.#started >= MAX_RETRIES_PER_SECOND) return false;
    this.#started += 1;
    return true;
  }

  /** Records how an attempt ended. */
  ended(hasFailed: boolean): void {
    this.#isFailing = hasFailed;
  }
}
