import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { SealingKeys } from './sealing-keys.ts';

const [one, two] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];

describe('SealingKeys', () => {
  it('seals with the first key and opens with all', () => {
    const keys = SealingKeys.parse(`new:${two}, old:${one}`);
    expect(keys.first.kid).toBe('new');
    expect(keys.find('old')?.export().toString('base64')).toBe(one);
    expect(keys.find('new')?.export().toString('base64')).toBe(two);
    expect(keys.find('other')).toBeUndefined();
  });

  it.each([
    ['', 'entry 1 is empty'],
    [`a:${one},`, 'entry 2 is empty'],
    [one, 'entry 1 has no colon'],
    [`a:${one},${two}`, 'entry 2 has no colon'],
    [`:${one}`, 'entry 1: a KID'],
    [`a b:${one}`, 'entry 1: a KID'],
    [`${'k'.repeat(33)}:${one}`, 'entry 1: a KID'],
    [`a:${one},b:${two.slice(4)}`, 'entry 2: after the colon'],
    [`a:${one}${one}`, 'entry 1: after the colon'],
    ['a:', 'entry 1: after the colon'],
    [`a:${'*'.repeat(43)}=`, 'entry 1: after the colon'],
    [`a:${one},a:${two}`, 'entry 2 has the same KID'],
  ])('refuses a malformed list by position and rule, and quotes nothing (%#)', (text, rule) => {
    expect(() => SealingKeys.parse(text)).toThrow(rule);
    const quotesNothing = (error: unknown) =>
      [one, two, two.slice(4)].every((key) => !inspect(error).includes(key));
    expect(() => SealingKeys.parse(text)).toThrow(expect.toSatisfy(quotesNothing));
  });

  it('reveals no key when printed', () => {
    const keys = SealingKeys.parse(`a:${one}`);
    const printed = inspect(keys, { depth: 9, showHidden: true }) + JSON.stringify(keys);
    expect(printed).not.toContain(one.slice(0, 20));
    expect(printed).not.toContain(Buffer.from(one, 'base64').toString('hex').slice(0, 20));
  });
});
