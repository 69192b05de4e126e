import { describe, expect, it } from 'vitest';

import { atOnce } from '../../libs/credential-sources/src/concurrency.ts';

describe('handling items at once', () => {
  it('handles each, never more at a time than it may', async () => {
    const handled: number[] = [];
    let running = 0;
    let most = 0;
    await atOnce(3, [1, 2, 3, 4, 5, 6, 7], async (item) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      handled.push(item);
    });
    expect(new Set(handled)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
    expect(most).toBe(3);
  });

  it('starts no more after a failure, and waits for those under way', async () => {
    const ended: number[] = [];
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const failure = new Error('the second fails');
    const all = atOnce(2, [1, 2, 3], async (item) => {
      if (item === 2) throw failure;
      await gate;
      ended.push(item);
    });
    open();
    await expect(all).rejects.toBe(failure);
    expect(ended).toEqual([1]);
  });

  it('is done at once where there is nothing to do', async () => {
    await expect(atOnce(3, [], () => Promise.reject(new Error('never')))).resolves.toBeUndefined();
  });
});
