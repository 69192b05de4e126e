import { instant, millis, type Instant, type Millis } from './units.ts';

/** Time, handed in: what runs over a day in production runs in an instant in a test. */
export abstract class Clock {
  /** The wall clock, which people and NTP may set back or forward at any moment. */
  abstract now(): Instant;
  /** Milliseconds since some fixed point; never goes back, stands still while the machine sleeps. */
  abstract monotonic(): Millis;
}

/** The machine's own two clocks. */
export class SystemClock extends Clock {
  now(): Instant {
    return instant(Date.now());
  }

  monotonic(): Millis {
    return millis(performance.now());
  }
}
