import { Clock, instant, later, millis, type Instant, type Millis } from '#libs/tokens';

/** A clock that stands still until a test moves it. */
export class ManualClock extends Clock {
  #now: Instant;
  #monotonic = millis(1_000_000);

  constructor(start: Instant = instant(Date.UTC(2026, 0, 15, 12))) {
    super();
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  monotonic(): Millis {
    return this.#monotonic;
  }

  /** Advances the wall clock and the monotonic clock. */
  advance(length: Millis): void {
    this.#now = later(this.#now, length);
    this.#monotonic = millis(this.#monotonic + length);
  }

  /** Moves the wall clock only, as NTP or a person does. */
  jump(length: Millis): void {
    this.#now = later(this.#now, length);
  }
}
