import { TokenServiceError } from './token-service-error.ts';

/** The maximum delay of a timer, in milliseconds. */
const MAX_TIMER_DELAY = 2 ** 31 - 1;

/** Milliseconds of a clock that changes of the wall clock do not affect. */
export const monotonicNow = (): number => performance.now();

/** The error for a request without a response in time. */
export const timeoutError = (): TokenServiceError =>
  new TokenServiceError('The token service did not answer in time.', { code: 'timeout' });

/**
 * The pause after a number of failures, in milliseconds. It doubles up to `maxMs`. Half of it is random, so
 * that callers do not retry at the same time.
 */
export const backOff = (failures: number, maxMs: number): number =>
  Math.min(maxMs, 500 * 2 ** Math.min(failures, 16)) * (0.5 + Math.random() / 2);

/** Waits. @throws the signal's reason when it aborts */
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

/**
 * Waits for shared work. The work continues after a timeout and after an abort.
 * @throws TokenServiceError `timeout`, or the signal's reason
 */
export function waitFor<T>(work: Promise<T>, ms: number, signal?: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    // A remaining timer or listener would keep the process alive.
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const abort = (): void => end(() => reject(signal?.reason as Error));
    const onTimeout = (): void => end(() => reject(timeoutError()));
    const timer = setTimeout(onTimeout, Math.min(MAX_TIMER_DELAY, Math.max(0, ms)));
    signal?.addEventListener('abort', abort, { once: true });
    work.then(
      (value) => end(() => resolve(value)),
      (error: Error) => end(() => reject(error)),
    );
    if (signal?.aborted === true) abort();
  });
}
