import { StoreUnavailable } from '../ports/token-store.ts';

/** Enough at a time that thousands take no longer than a few dozen one by one; few enough for one connection. */
const AT_ONCE = 64;

/**
 * Does `work` for every item, some at a time, and only then fails with what failed first: one bad item holds up no
 * other. A store that is down ends it early, so that nobody waits thousands of times for it.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  let first: PromiseRejectedResult | null = null;
  for (let start = 0; start < items.length; start += AT_ONCE) {
    const results = await Promise.allSettled(items.slice(start, start + AT_ONCE).map(work));
    const failed = results.filter((result) => result.status === 'rejected');
    first ??= failed[0] ?? null;
    if (failed.some(({ reason }) => reason instanceof StoreUnavailable)) break;
  }
  if (first !== null) throw first.reason;
}
