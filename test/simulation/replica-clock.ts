import { Clock, instant, millis, type Instant, type Millis } from '#libs/tokens';

import type { Schedule } from './schedule.ts';

const START = Date.UTC(2026, 0, 15, 12);

/** The true time as an instant. */
export const trueTime = (at: number): Instant => instant(START + at);

/** The clocks of one machine: its wall clock may be set, its monotonic one stands still while it sleeps. */
export class ReplicaClock extends Clock {
  readonly #schedule: Schedule;
  #slept = 0;
  /** How far the wall clock is ahead of the true time, in milliseconds. */
  offset = 0;

  constructor(schedule: Schedule) {
    super();
    this.#schedule = schedule;
  }

  sleep(length: number): void {
    this.#slept += length;
  }

  now(): Instant {
    return trueTime(this.#schedule.now + this.offset);
  }

  monotonic(): Millis {
    return millis(1_000_000 + this.#schedule.now - this.#slept);
  }
}
