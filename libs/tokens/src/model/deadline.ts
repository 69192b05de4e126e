import type { Millis } from './units.ts';

/**
 * Settles as `work` does if it settles within `limit`; otherwise rejects with the error that `onTimeout`
 * makes. The late result is dropped. Adapters promise deadlines of their own; this is the second line, so it
 * counts real time.
 */
export const withDeadline = <T>(limit: Millis, work: Promise<T>, onTimeout: () => Error): Promise<T> =>
  race(limit, work, () => Promise.reject(onTimeout()));

/** Settles as `work` does if it settles within `limit`; otherwise resolves to `fallback`. */
export const withDeadlineOr = <T>(limit: Millis, work: Promise<T>, fallback: T): Promise<T> =>
  race(limit, work, () => Promise.resolve(fallback));

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
