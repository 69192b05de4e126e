import { SourceUnavailable, withDeadline, type Millis } from '#libs/tokens';

/**
 * Runs work with a signal that aborts when the result is final: at the deadline, after success or after a
 * failure. So no request of the work outlives it.
 * @throws SourceUnavailable with the message of `overdue` at the deadline, else the error of `work`
 */
export async function abortAtDeadline<T>(
  deadline: Millis,
  overdue: () => string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  try {
    return await withDeadline(deadline, work(controller.signal), () => new SourceUnavailable(overdue()));
  } finally {
    controller.abort();
  }
}
