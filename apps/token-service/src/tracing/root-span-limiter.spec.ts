import { describe, expect, it } from 'vitest';

import { RootSpanLimiter } from './root-span-limiter.ts';

const begun = (limiter: RootSpanLimiter, attempts: number): number =>
  Array.from({ length: attempts }, () => limiter.mayBegin()).filter(Boolean).length;

describe('RootSpanLimiter', () => {
  it('limits the traces of each second, regardless of earlier seconds', () => {
    let now = 5_000_100;
    const limiter = new RootSpanLimiter(undefined, () => now);
    expect(begun(limiter, 10_000)).toBe(20);
    now += 800;
    expect(begun(limiter, 1)).toBe(0);
    now += 100;
    expect(begun(limiter, 10_000)).toBe(20);
    now += 60_000;
    expect(begun(limiter, 3)).toBe(3);
  });

  it('allows every trace when a sampler is configured', () => {
    expect(begun(new RootSpanLimiter('always_on'), 1_000)).toBe(1_000);
  });
});
