import type { ExchangeFailure } from '../model/exchange-failure.ts';
import type { Randomness } from '../model/randomness.ts';
import { millis, type Millis } from '../model/units.ts';

const FIRST = 1_000;
const CAP = 5 * 60_000;
/**
 * A refusal does not heal by itself within seconds: a person has to act, so ask less often from the start.
 */
const FIRST_AFTER_REFUSAL = 30_000;
/** Towards the end of the runway the wait is never longer than this part of it … */
const RUNWAY_SHARE = 1 / 8;
/**
 * … and never has to be shorter than this. It is also the longest wait while callers have no token at all.
 */
const MIN_CAP = 15_000;
/** A `Retry-After` beyond this is a mistake; it should not take a restart to end it. */
const MAX_RETRY_AFTER = 60 * 60_000;

/**
 * How long to wait after failures in a row: exponential with full jitter, at least what IMS asked for, and
 * never longer than a tenth of the token's life, so that short-lived tokens behave as day-long ones do. While
 * a retry may help, the wait shrinks with the runway, so that an outage that ends in time costs no caller a
 * token.
 */
export class BackOff {
  readonly #random: Randomness;

  constructor(random: Randomness) {
    this.#random = random;
  }

  /**
   * @param failures in a row, the last one included (1 or more)
   * @param life of the token at stake; null where none was ever cached
   * @param runway for how long callers still get the token at stake; 0 where there is none
   */
  delay(
    failures: number,
    { retryable, retryAfter }: Pick<ExchangeFailure, 'retryable' | 'retryAfter'>,
    life: Millis | null,
    runway: Millis,
  ): Millis {
    const tenth = life === null ? CAP : life / 10;
    const runwayCap = retryable ? Math.max(MIN_CAP, runway * RUNWAY_SHARE) : CAP;
    const cap = Math.min(CAP, tenth, runwayCap);
    const first = Math.min(retryable ? FIRST : FIRST_AFTER_REFUSAL, tenth / 4);
    const ceiling = Math.min(cap, first * 2 ** Math.min(failures - 1, 30));
    const jittered = ceiling * (0.1 + 0.9 * this.#random());
    const asked = retryAfter !== null && retryAfter > 0 ? Math.min(retryAfter, MAX_RETRY_AFTER) : 0;
    return millis(Math.max(jittered, asked));
  }
}
