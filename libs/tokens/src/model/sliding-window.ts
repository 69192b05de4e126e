import { millis, type Millis } from './units.ts';

/**
 * How long until a window that slides has room again; 0 where it has room now.
 * @param blocking when the oldest of the last events that fill the window happened; undefined where fewer
 * happened
 * @param now on the clock of `blocking`
 */
export const untilFree = (blocking: number | undefined, window: number, now: number): Millis =>
  millis(Math.max(0, (blocking ?? -Infinity) + window - now));
