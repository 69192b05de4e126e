import type { Schedule, Scheduled } from './schedule.ts';

type Timer = Scheduled & { unref(): void };

/**
 * Puts `setTimeout` on virtual time while `work` runs, so that deadlines in production code depend on the
 * seed and not on the machine. A timer belongs to the process that runs when the timer is set.
 */
export async function withVirtualTimers(schedule: Schedule, work: () => Promise<void>): Promise<void> {
  const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;
  const set = (run: () => void, delay: number): Timer => ({
    ...schedule.after(delay, schedule.owner, 'a deadline of last resort passes', run),
    unref: () => undefined,
  });
  globalThis.setTimeout = set as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((timer: Timer) => timer.cancel()) as unknown as typeof clearTimeout;
  try {
    await work();
  } finally {
    globalThis.setTimeout = realSetTimeout;
    globalThis.clearTimeout = realClearTimeout;
  }
}
