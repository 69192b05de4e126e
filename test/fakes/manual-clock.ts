import { Clock, instant, later, millis, type Instant, type Millis } from '#libs/tokens';

/** A clock that stands still until told otherwise. */
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

  /** Lets time pass: both clocks move. */
  advance(length: Millis): void {
    this.#now = later(this.#now, length);
    this.#monotonic = millis(this.#monotonic + length);
  }

  /** Sets the wall clock as NTP or a person would: the monotonic one does not notice. */
  jump(length: Millis): void {
    this.#now = later(this.#now, length);
  }
}
