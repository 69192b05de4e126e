import type { Millis } from './units.ts';

/**
 * What `work` comes to, if it settles in time; otherwise fails with the error that `late` makes, and whatever it comes
 * to later is dropped. The last line of defence behind adapters that promise deadlines of their own, so it counts real time.
 */
export async function within<T>(limit: Millis, work: Promise<T>, late: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), limit);
  timer.unref();
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
