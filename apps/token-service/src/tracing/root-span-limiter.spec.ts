import { describe, expect, it } from 'vitest';

import { RootSpanLimiter } from './root-span-limiter.ts';

const begun = (fresh: RootSpanLimiter, asked: number): number =>
  Array.from({ length: asked }, () => fresh.mayBegin()).filter(Boolean).length;

describe('traces that requests begin by themselves', () => {
  it('are a bounded number in each second, whatever there was in those before', () => {
    let now = 5_000_100;
    const fresh = new RootSpanLimiter(undefined, () => now);
    expect(begun(fresh, 10_000)).toBe(20);
    now += 800;
    expect(begun(fresh, 1)).toBe(0);
    now += 100;
    expect(begun(fresh, 10_000)).toBe(20);
    now += 60_000;
    expect(begun(fresh, 3)).toBe(3);
  });

  it('are all that are asked for where a sampler was chosen', () => {
    expect(begun(new RootSpanLimiter('always_on'), 1_000)).toBe(1_000);
  });
});
