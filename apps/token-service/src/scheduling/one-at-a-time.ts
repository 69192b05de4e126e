/** The same work, but not while it is still under way: who asks then waits for the end of that. For ticks, which must not pile up. */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | null = null;
  return () =>
    (underWay ??= work().finally(() => {
      underWay = null;
    }));
}
