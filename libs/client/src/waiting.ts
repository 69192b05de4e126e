import { TokenServiceError } from './token-service-error.ts';

/** The longest delay that a timer takes. */
const MAX_TIMER_DELAY = 2 ** 31 - 1;

/** Milliseconds that no change of the wall clock moves. */
export const monotonicNow = (): number => performance.now();

/** No answer in time. */
export const timeout = (): TokenServiceError =>
  new TokenServiceError('There was no answer in time.', { code: 'timeout' });

/** Doubles with each failure up to `longest`, and waits at least half of that: callers must not come back all at once. */
export const backOff = (failures: number, longest: number): number =>
  Math.min(longest, 500 * 2 ** Math.min(failures, 16)) * (0.5 + Math.random() / 2);

/** @throws the signal's reason once it aborts */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      },
      Math.min(MAX_TIMER_DELAY, Math.max(0, ms)),
    );
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** Waits for work that somebody else owns: giving up leaves it running. @throws TokenServiceError `timeout`, or the signal's reason */
export function waitFor<T>(work: Promise<T>, ms: number, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    // Whichever way it ends, nothing is left behind that would hold the process up.
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const abort = (): void => end(() => reject(signal?.reason as Error));
    const giveUp = (): void => end(() => reject(timeout()));
    const timer = setTimeout(giveUp, Math.min(MAX_TIMER_DELAY, Math.max(0, ms)));
    signal?.addEventListener('abort', abort, { once: true });
    work.then(
      (value) => end(() => resolve(value)),
      (error: Error) => end(() => reject(error)),
    );
    if (signal?.aborted === true) abort();
  });
}
