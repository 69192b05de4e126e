/**
 * Handles every item, at most `limit` at once. After a failure it starts no other item, waits for the items
 * in progress and rejects with the first failure.
 */
export async function forEachConcurrently<T>(
  limit: number,
  items: readonly T[],
  handle: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failures.length > 0) return;
      await handle(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
}
