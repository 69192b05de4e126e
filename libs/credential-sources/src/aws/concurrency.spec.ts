import { describe, expect, it } from 'vitest';

import { forEachConcurrently } from './concurrency.ts';

describe('forEachConcurrently', () => {
  it('handles each item, and never more than the limit at once', async () => {
    const handled: number[] = [];
    let running = 0;
    let most = 0;
    await forEachConcurrently(3, [1, 2, 3, 4, 5, 6, 7], async (item) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      handled.push(item);
    });
    expect(new Set(handled)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
    expect(most).toBe(3);
  });

  it('starts no item after a failure, and waits for the items in progress', async () => {
    const ended: number[] = [];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const failure = new Error('the second fails');
    const all = forEachConcurrently(2, [1, 2, 3], async (item) => {
      if (item === 2) throw failure;
      await gate;
      ended.push(item);
    });
    open();
    await expect(all).rejects.toBe(failure);
    expect(ended).toEqual([1]);
  });

  it('resolves at once without items', async () => {
    await expect(
      forEachConcurrently(3, [], () => Promise.reject(new Error('never'))),
    ).resolves.toBeUndefined();
  });
});
