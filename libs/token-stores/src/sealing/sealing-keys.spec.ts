import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { SealingKeys } from './sealing-keys.ts';

/** The key of docker-compose.yml. */
const SAMPLE = Buffer.from('only-for-the-demo-on-a-laptop-32').toString('base64');
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

  it.each([
    ['zeros', Buffer.alloc(32)],
    ['one byte, repeated', Buffer.alloc(32, 0x5a)],
    ['two bytes, repeated', Buffer.alloc(32, 'ab')],
    ['a block of 16 bytes, repeated', Buffer.alloc(32, randomBytes(16))],
    ['a word, repeated', Buffer.alloc(32, 'change-me')],
    ['a rising sequence', Buffer.from(Array.from({ length: 32 }, (_, at) => at))],
    ['a falling sequence', Buffer.from(Array.from({ length: 32 }, (_, at) => 200 - 3 * at))],
    ['zeros that end in a number', Buffer.concat([Buffer.alloc(31), Buffer.of(7)])],
  ])('refuses a key of %s, and names its KID only', (_, bytes) => {
    const encoded = bytes.toString('base64');
    expect(() => SealingKeys.parse(`a:${one},weak:${encoded}`)).toThrow(
      'entry 2: the key with the KID weak is not random',
    );
    const quotesNothing = (error: unknown) => !inspect(error).includes(encoded.slice(0, 12));
    expect(() => SealingKeys.parse(`weak:${encoded}`)).toThrow(expect.toSatisfy(quotesNothing));
  });

  it('accepts every key of a generator', () => {
    for (let round = 0; round < 1_000; round++)
      expect(SealingKeys.parse(`a:${randomBytes(32).toString('base64')}`).suspicious.size).toBe(0);
  });

  it('tells the KIDs of published samples and of readable text', () => {
    const text = Buffer.from('correct horse battery staple 123').toString('base64');
    const hex = Buffer.from(randomBytes(16).toString('hex')).toString('base64');
    const keys = SealingKeys.parse(`a:${one},sample:${SAMPLE},words:${text},hex:${hex}`);
    expect([...keys.suspicious]).toEqual([
      ['sample', 'published'],
      ['words', 'text'],
      ['hex', 'text'],
    ]);
  });

  it('reveals no key when printed', () => {
    const keys = SealingKeys.parse(`a:${one}`);
    const printed = inspect(keys, { depth: 9, showHidden: true }) + JSON.stringify(keys);
    expect(printed).not.toContain(one.slice(0, 20));
    expect(printed).not.toContain(Buffer.from(one, 'base64').toString('hex').slice(0, 20));
  });
});
