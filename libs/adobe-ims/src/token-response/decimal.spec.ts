import { describe, expect, it } from 'vitest';

import { decimal } from './decimal.ts';

describe('decimal', () => {
  it.each<[unknown, number]>([
    [86_399, 86_399],
    ['86399', 86_399],
    ['-1', -1],
    ['3599.5', 3_599.5],
    ['NaN', Number.NaN],
    ['', Number.NaN],
    ['0x10', Number.NaN],
    ['1e12', Number.NaN],
    ['a day', Number.NaN],
  ])('reads %j as %d', (value, expected) => {
    expect(decimal.parse(value)).toBe(expected);
  });

  it.each([[null], [true], [{}], [[1]], [Number.POSITIVE_INFINITY]])('rejects %j', (value) => {
    expect(decimal.safeParse(value).success).toBe(false);
  });
});
