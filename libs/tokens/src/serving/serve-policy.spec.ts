import { describe, expect, it } from 'vitest';

import { ServePolicy } from './serve-policy.ts';
import { millis, seconds } from '../model/units.ts';

const DAY = millis(86_400_000);

describe('the margin of life below which a token is not handed out', () => {
  it.each([
    [86_400_000, 60_000],
    [600_000, 60_000],
    [599_999, 59_999.9],
    [10_000, 1_000],
    [3_000, 300],
  ])('of one that lives %i ms is %d ms', (life, margin) => {
    expect(new ServePolicy().margin(millis(life))).toBeCloseTo(margin, 6);
  });

  it('is the configured margin for long lifetimes', () => {
    expect(new ServePolicy(seconds(300)).margin(DAY)).toBe(300_000);
  });
});

describe('expires_in', () => {
  it.each<[life: number, remaining: number, expiresIn: number | null]>([
    [86_400_000, 86_400_000, 86_400],
    [86_400_000, 86_399_999, 86_399],
    [86_400_000, 61_000, 61],
    [86_400_000, 60_999, 60],
    [86_400_000, 60_000, 60],
    [86_400_000, 59_999, null],
    [86_400_000, 0, null],
    [86_400_000, -1, null],
    [10_000, 1_000, 1],
    [10_000, 999, null],
    [3_000, 1_000, 1],
    [3_000, 999, null],
    [500, 500, null],
    [86_400_000, Number.NaN, null],
  ])('of a token that lives %i ms and has %i left is %s', (life, remaining, expiresIn) => {
    expect(new ServePolicy().expiresIn(millis(life), millis(remaining))).toBe(expiresIn);
  });

  it('is never 0, never more than the remaining life and never below the margin, to the millisecond', () => {
    const policy = new ServePolicy();
    const wrong: unknown[] = [];
    for (const life of [1_000, 3_000, 10_000, 61_000, 700_000]) {
      const margin = policy.margin(millis(life));
      for (let remaining = -5; remaining <= Math.min(life, 70_000); remaining++) {
        const expiresIn = policy.expiresIn(millis(life), millis(remaining));
        const isFine = expiresIn === null || (Number.isInteger(expiresIn) && expiresIn >= 1);
        const promised = (expiresIn ?? 0) * 1000;
        if (!isFine || promised > Math.max(0, remaining) || (expiresIn !== null && promised < margin)) {
          wrong.push({ life, remaining, expiresIn });
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});
