import { millis, SourceUnavailable } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { BoundedRead } from './bounded-read.ts';

const AT_ONCE = millis(1);
const LATE = millis(60_000);

describe('BoundedRead', () => {
  it('returns the result of the read', async () => {
    await expect(new BoundedRead(LATE, 'too slow').run(() => Promise.resolve(7))).resolves.toBe(7);
  });

  it('throws the error of the read', async () => {
    const failing = new BoundedRead(LATE, 'too slow').run(() => Promise.reject(new Error('denied')));
    await expect(failing).rejects.toThrow('denied');
  });

  it('throws SourceUnavailable at the deadline', async () => {
    const hanging = new BoundedRead(AT_ONCE, 'too slow').run(() => new Promise(() => {}));
    await expect(hanging).rejects.toThrow(new SourceUnavailable('too slow'));
  });

  it('starts no read while an earlier one is blocked, and starts the next one after that', async () => {
    const reads = new BoundedRead(AT_ONCE, 'too slow');
    const { promise, reject } = Promise.withResolvers<string>();
    await expect(reads.run(() => promise)).rejects.toThrow('too slow');

    let started = false;
    const second = reads.run(() => {
      started = true;
      return Promise.resolve('second');
    });
    await expect(second).rejects.toThrow('too slow');
    expect(started).toBe(false);

    reject(new Error('the mount came back'));
    await Promise.allSettled([promise]);
    await expect(reads.run(() => Promise.resolve('third'))).resolves.toBe('third');
  });
});
