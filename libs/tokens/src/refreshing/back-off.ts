import type { Randomness } from '../model/randomness.ts';
import { millis, type Millis } from '../model/units.ts';

const FIRST = 1_000;
const CAP = 5 * 60_000;
/**
 * A refusal does not heal by itself within seconds: a person has to act, so ask less often from the start.
 */
const FIRST_AFTER_REFUSAL = 30_000;
/** A `Retry-After` beyond this is a mistake; it should not take a restart to end it. */
const MAX_RETRY_AFTER = 60 * 60_000;

/**
 * How long to wait after failures in a row: exponential with full jitter, at least what IMS asked for, and
 * never longer than a tenth of the token's life, so that short-lived tokens behave as day-long ones do.
 */
export class BackOff {
  readonly #random: Randomness;

  constructor(random: Randomness) {
    this.#random = random;
  }

  /**
   * @param failures in a row, the last one included (1 or more)
   * @param life of the token at stake; null where none was ever cached
   */
  delay(failures: number, retryable: boolean, retryAfter: Millis | null, life: Millis | null): Millis {
    const tenth = life === null ? CAP : life / 10;
    const cap = Math.min(CAP, tenth);
    const first = Math.min(retryable ? FIRST : FIRST_AFTER_REFUSAL, tenth / 4);
    const ceiling = Math.min(cap, first * 2 ** Math.min(failures - 1, 30));
    const jittered = ceiling * (0.1 + 0.9 * this.#random());
    const asked = retryAfter !== null && retryAfter > 0 ? Math.min(retryAfter, MAX_RETRY_AFTER) : 0;
    return millis(Math.max(jittered, asked));
  }
}
