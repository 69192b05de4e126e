import { randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { RecordMac } from './record-mac.ts';
import { SealingKeys } from './sealing-keys.ts';

const keyText = (kid: string): string => `${kid}:${randomBytes(32).toString('base64')}`;
const [k1, k2] = [keyText('k.1'), keyText('k2')];
const macWith = (keys: string, prefix = 't') => new RecordMac(SealingKeys.parse(keys), prefix);
const PLACE = ['status', 'aem-dev'];

describe('RecordMac', () => {
  it('opens what it signed, with any text', () => {
    const mac = macWith(k1);
    for (const text of ['', '12', '5 {"a":"ö\n"}', 'k.1.x y']) {
      expect(mac.open(PLACE, mac.sign(PLACE, text))).toBe(text);
    }
  });

  it('refuses a record that was moved, altered or made without the key', () => {
    const mac = macWith(k1);
    const signed = mac.sign(PLACE, '12');
    expect(mac.open(['status', 'aem-stage'], signed)).toBeNull();
    expect(mac.open(['removal', 'aem-dev'], signed)).toBeNull();
    expect(macWith(k1, 'u').open(PLACE, signed)).toBeNull();
    expect(macWith(keyText('k.1')).open(PLACE, signed)).toBeNull();
    for (const altered of [
      `${signed}3`,
      signed.slice(1),
      '12',
      '',
      ' ',
      'k.1. 12',
      `k.1.${'A'.repeat(22)} 12`,
    ]) {
      expect(mac.open(PLACE, altered)).toBeNull();
    }
  });

  it('keeps the borders between the parts of a place', () => {
    const mac = macWith(k1);
    expect(mac.open(['budget', 'aem', 'dev'], mac.sign(['budget', 'aem","dev'], '1'))).toBeNull();
    expect(mac.open(['a'], mac.sign(['a', 'b'], '1'))).toBeNull();
  });

  it('signs with the first key and opens with all of them', () => {
    const [before, during, after] = [macWith(k1), macWith(`${k2},${k1}`), macWith(k2)];
    const [old, recent] = [before.sign(PLACE, 'old'), during.sign(PLACE, 'new')];
    expect(during.open(PLACE, old)).toBe('old');
    expect(after.open(PLACE, recent)).toBe('new');
    expect(after.open(PLACE, old)).toBeNull();
    expect(before.open(PLACE, recent)).toBeNull();
  });
});
