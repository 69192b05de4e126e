import type { Instant, Millis } from './units.ts';

/** The time, passed in as a dependency so that tests can run a day of it in an instant. */
export abstract class Clock {
  /** The wall clock. People and NTP may set it back or forward at any moment. */
  abstract now(): Instant;
  /** Milliseconds since a fixed point. Never goes back; stands still while the machine sleeps. */
  abstract monotonic(): Millis;
}

/** The two clocks of the machine. */
export class SystemClock extends Clock {
  now(): Instant {
    return Date.now() as Instant;
  }

  monotonic(): Millis {
    return performance.now() as Millis;
  }
}
