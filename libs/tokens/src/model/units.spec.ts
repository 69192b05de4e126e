import { describe, expect, it } from 'vitest';

import { between, instant, later, millis, seconds, toIso, toMillis } from './units.ts';

const NOON = instant(Date.UTC(2026, 0, 15, 12));

describe('units of time', () => {
  it('converts seconds into milliseconds', () => {
    expect(toMillis(seconds(86_400))).toBe(86_400_000);
    expect(toMillis(seconds(0.25))).toBe(250);
  });

  it.each([0, 1, -1, 86_400_000, -3_600_000])(
    'moves by %i ms from one instant to another and back',
    (length) => {
      expect(between(NOON, later(NOON, millis(length)))).toBe(length);
    },
  );

  it('is negative from a later instant to an earlier one', () => {
    expect(between(later(NOON, millis(5)), NOON)).toBe(-5);
  });

  it('writes instants as ISO 8601 in UTC', () => {
    expect(toIso(NOON)).toBe('2026-01-15T12:00:00.000Z');
  });
});
