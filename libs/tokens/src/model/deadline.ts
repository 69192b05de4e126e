import type { Millis } from './units.ts';

/**
 * What `work` comes to, if it settles in time; otherwise fails with the error that `late` makes, and whatever it comes
 * to later is dropped. The last line of defence behind adapters that promise deadlines of their own, so it counts real time.
 */
export const withDeadline = <T>(limit: Millis, work: Promise<T>, late: () => Error): Promise<T> =>
  race(limit, work, () => Promise.reject(late()));

/** The same where running late is no failure: then it comes to `instead`. */
export const withDeadlineOr = <T>(limit: Millis, work: Promise<T>, instead: T): Promise<T> =>
  race(limit, work, () => Promise.resolve(instead));

async function race<T>(limit: Millis, work: Promise<T>, late: () => Promise<T>): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>();
  const timer = setTimeout(() => resolve(late()), limit);
  timer.unref();
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
