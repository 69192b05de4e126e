import { SourceUnavailable, type Millis } from '#libs/tokens';

/**
 * Runs work that ends with its signal, however it ends: at the deadline, or when it fails while parts of it go on.
 * @throws SourceUnavailable saying `overdue` at the deadline; else what `work` throws
 */
export async function withinDeadline<T>(
  deadline: Millis,
  overdue: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new SourceUnavailable(overdue)), deadline);
  try {
    return await Promise.race([work(ending.signal), late]);
  } finally {
    clearTimeout(timer);
    ending.abort();
  }
}
