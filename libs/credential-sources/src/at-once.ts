/** Handles every item, so many at once. Rejects with the first failure and starts no more then. */
export async function atOnce<T>(
  limit: number,
  items: readonly T[],
  handle: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (hasFailed) return;
      await handle(item);
    }
  };
  const guarded = (): Promise<void> =>
    worker().catch((error: unknown) => {
      hasFailed = true;
      throw error;
    });
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, guarded));
}
