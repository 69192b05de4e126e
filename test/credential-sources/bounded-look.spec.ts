import { millis, SourceUnavailable } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { BoundedLook } from '../../libs/credential-sources/src/files/bounded-look.ts';

const AT_ONCE = millis(1);
const LATE = millis(60_000);

describe('a look with a deadline', () => {
  it('gives what it finds', async () => {
    await expect(new BoundedLook(LATE, 'too slow').run(() => Promise.resolve(7))).resolves.toBe(7);
  });

  it('fails as it fails', async () => {
    const failing = new BoundedLook(LATE, 'too slow').run(() => Promise.reject(new Error('denied')));
    await expect(failing).rejects.toThrow('denied');
  });

  it('is given up at the deadline: the source is unavailable', async () => {
    const hanging = new BoundedLook(AT_ONCE, 'too slow').run(() => new Promise(() => {}));
    await expect(hanging).rejects.toThrow(new SourceUnavailable('too slow'));
  });

  it('is not started while an earlier one hangs, and is again once that has ended', async () => {
    const looks = new BoundedLook(AT_ONCE, 'too slow');
    const { promise, reject } = Promise.withResolvers<string>();
    await expect(looks.run(() => promise)).rejects.toThrow('too slow');

    let started = false;
    const second = looks.run(() => {
      started = true;
      return Promise.resolve('second');
    });
    await expect(second).rejects.toThrow('too slow');
    expect(started).toBe(false);

    reject(new Error('the mount came back'));
    await Promise.allSettled([promise]);
    await expect(looks.run(() => Promise.resolve('third'))).resolves.toBe('third');
  });
});
