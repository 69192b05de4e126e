import { describe, expect, it } from 'vitest';

import { BackOff } from './back-off.ts';
import { millis } from '../model/units.ts';

const DAY = millis(86_400_000);
/** A runway that shortens no wait. */
const LONG = DAY;
const DICE = [0, 0.000_1, 0.25, 0.5, 0.75, 0.999_999];
const atMost = new BackOff(() => 0.999_999);

describe('BackOff', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [9, 256_000],
    [10, 300_000],
    [1_000, 300_000],
  ])('after %i that may pass is a tenth of %i ms to all of it', (failures, ceiling) => {
    for (const dice of DICE) {
      const delay = new BackOff(() => dice).delay(failures, { retryable: true, retryAfter: null }, DAY, LONG);
      expect(delay).toBeGreaterThanOrEqual(ceiling / 10);
      expect(delay).toBeLessThanOrEqual(ceiling);
    }
    expect(atMost.delay(failures, { retryable: true, retryAfter: null }, DAY, LONG)).toBeGreaterThan(
      ceiling * 0.99,
    );
  });

  it('starts longer after a refusal, which a person has to mend', () => {
    expect(atMost.delay(1, { retryable: false, retryAfter: null }, DAY, LONG)).toBeCloseTo(30_000, -2);
    expect(atMost.delay(5, { retryable: false, retryAfter: null }, DAY, LONG)).toBeCloseTo(300_000, -3);
  });

  it.each([1_000, 3_000, 10_000, 600_000])('is never longer than a tenth of a lifetime of %i ms', (life) => {
    for (const retryable of [true, false])
      for (let failures = 1; failures < 100; failures++)
        expect(
          atMost.delay(failures, { retryable, retryAfter: null }, millis(life), LONG),
        ).toBeLessThanOrEqual(life / 10);
  });

  it.each([
    [43_200_000, 300_000],
    [2_400_000, 300_000],
    [1_200_000, 150_000],
    [240_000, 30_000],
    [60_000, 15_000],
    [0, 15_000],
  ])('with a runway of %i ms is at most %i ms, if a retry may help', (runway, cap) => {
    const retryable = { retryable: true, retryAfter: null };
    expect(atMost.delay(100, retryable, DAY, millis(runway))).toBeLessThanOrEqual(cap);
    expect(atMost.delay(100, retryable, DAY, millis(runway))).toBeGreaterThan(cap * 0.99);
    const refused = { retryable: false, retryAfter: null };
    expect(atMost.delay(100, refused, DAY, millis(runway))).toBeGreaterThan(299_000);
  });

  it('is at most 15 seconds while callers have no token, if a retry may help', () => {
    const failure = { retryable: true, retryAfter: null };
    expect(atMost.delay(100, failure, null, millis(0))).toBeLessThanOrEqual(15_000);
  });

  it('is capped while no token is cached', () => {
    expect(atMost.delay(100, { retryable: true, retryAfter: null }, null, LONG)).toBeLessThanOrEqual(300_000);
  });

  it.each([
    [60_000, 60_000],
    [3_600_000, 3_600_000],
    [86_400_000, 3_600_000],
    [Infinity, 3_600_000],
  ])('is at least a Retry-After of %d ms, but no longer than an hour for it', (asked, delay) => {
    expect(new BackOff(() => 0).delay(1, { retryable: true, retryAfter: millis(asked) }, DAY, LONG)).toBe(
      delay,
    );
  });

  it.each([0, -5_000, Number.NaN])('ignores a Retry-After of %d', (asked) => {
    expect(new BackOff(() => 0).delay(1, { retryable: true, retryAfter: millis(asked) }, DAY, LONG)).toBe(
      100,
    );
  });
});
