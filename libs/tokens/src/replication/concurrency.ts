import { StoreUnavailable } from '../ports/token-store.ts';

/**
 * So many at a time that thousands take no longer than a few dozen in a row, and few enough for one
 * connection.
 */
const BATCH_SIZE = 64;

/**
 * Runs `work` for every item, a batch at a time, and rejects at the end with the first failure: one bad item
 * delays no other. StoreUnavailable ends it early, so that a store that is down is not waited for once for
 * every item.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  let first: PromiseRejectedResult | null = null;
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    const results = await Promise.allSettled(items.slice(start, start + BATCH_SIZE).map(work));
    const failed = results.filter((each) => each.status === 'rejected');
    first ??= failed[0] ?? null;
    if (failed.some(({ reason }) => reason instanceof StoreUnavailable)) break;
  }
  if (first !== null) throw first.reason;
}
