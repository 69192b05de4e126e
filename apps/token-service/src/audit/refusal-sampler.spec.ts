import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { RefusalSampler } from './refusal-sampler.ts';

const clock = new ManualClock();
const admitted = (sampler: RefusalSampler, address: string, times: number): number =>
  Array.from({ length: times }, () => sampler.admits(address)).filter(Boolean).length;

describe('RefusalSampler', () => {
  it('admits some refusals of one address, and counts the others', () => {
    const sampler = new RefusalSampler(clock);
    expect(admitted(sampler, '203.0.113.7', 5000)).toBe(200);
    expect(sampler.totalOmitted).toBe(4800);
    expect(sampler.takeOmitted()).toEqual({ requests: 4800, byAddress: [['203.0.113.7', 4800]] });
    expect(sampler.takeOmitted()).toBeNull();
    expect(sampler.totalOmitted).toBe(4800);
  });

  it('admits those of other addresses meanwhile', () => {
    const sampler = new RefusalSampler(clock);
    admitted(sampler, '203.0.113.7', 5000);
    expect(admitted(sampler, '203.0.113.8', 20)).toBe(20);
  });

  it('admits a limited number in all, however many addresses send them', () => {
    const sampler = new RefusalSampler(clock);
    const all = Array.from({ length: 30_000 }, (_, n) =>
      admitted(sampler, `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, 1),
    );
    expect(all.reduce((sum, count) => sum + count, 0)).toBe(1000);
    const omitted = sampler.takeOmitted();
    expect(omitted?.requests).toBe(29_000);
    expect(omitted?.byAddress).toHaveLength(10);
  });

  it('takes the addresses of an IPv6 network of 64 bits for one', () => {
    const sampler = new RefusalSampler(clock);
    const all = Array.from({ length: 1000 }, (_, n) => admitted(sampler, `2001:db8::${n.toString(16)}`, 1));
    expect(all.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(sampler.takeOmitted()?.byAddress).toEqual([['2001:db8::/64', 800]]);
  });

  it('admits more as time passes', () => {
    const sampler = new RefusalSampler(clock);
    admitted(sampler, '203.0.113.7', 300);
    clock.advance(millis(3000));
    expect(admitted(sampler, '203.0.113.7', 300)).toBe(30);
    clock.advance(millis(3_600_000));
    expect(admitted(sampler, '203.0.113.7', 300)).toBe(200);
  });
});
