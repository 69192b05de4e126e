import { hash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { authenticate, authenticateClient } from './authentication.ts';
import { isMadeKey, makeCallerKey } from './caller-key.ts';
import { parseCallers } from './callers-document.ts';

const HAND_MADE = [
  'secret',
  'x'.repeat(43),
  `imst${'x'.repeat(39)}`,
  'kP3vZ0mR7sYw2QxT9bN4cD6fG8hJ1kL5aE3uI0oV2yM',
];

describe('isMadeKey', () => {
  it('recognises each key that makeCallerKey makes: 43 characters of Base64url', () => {
    for (let count = 0; count < 100; count += 1) {
      const key = makeCallerKey();
      expect(key).toMatch(/^imst[\w-]{39}$/);
      expect(isMadeKey(key)).toBe(true);
    }
  });

  it.each([...HAND_MADE, ''])('does not recognise %s', (key) => expect(isMadeKey(key)).toBe(false));

  it('does not recognise a key in which one character is changed', () => {
    const key = makeCallerKey();
    for (let at = 0; at < 42; at += 1) {
      const other = key[at] === 'A' ? 'B' : 'A';
      expect(isMadeKey(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
    }
  });
});

describe('a registry', () => {
  const made = makeCallerKey();
  const registryOf = (key: string) =>
    parseCallers(`callers: [{name: a, apiKeySha256: ["${hash('sha256', key, 'hex')}"]}]`);
  const noTokens = { authenticate: () => null };

  it.each(HAND_MADE)('reports the hand-made key %s once, and accepts it', (key) => {
    const registry = registryOf(key);
    const reported: string[] = [];
    registry.onHandMadeKey = (caller) => {
      reported.push(caller);
      return true;
    };
    for (let count = 0; count < 3; count += 1) {
      expect(authenticate(`Bearer ${key}`, registry, noTokens)).toMatchObject({ caller: { name: 'a' } });
      expect(authenticateClient({ name: 'a', key }, 'key-post', registry)).toMatchObject({
        method: 'key-post',
      });
    }
    expect(reported).toEqual(['a']);
  });

  it.each(HAND_MADE)('refuses the hand-made key %s if it must', (key) => {
    const registry = registryOf(key);
    registry.onHandMadeKey = () => false;
    for (let count = 0; count < 3; count += 1) {
      const refused = { caller: null, failure: 'hand_made_key' };
      expect(authenticate(`Bearer ${key}`, registry, noTokens)).toEqual(refused);
      expect(authenticateClient({ name: 'a', key }, 'key-post', registry)).toEqual(refused);
    }
  });

  it('accepts a made key without a report', () => {
    const registry = registryOf(made);
    registry.onHandMadeKey = () => {
      throw new Error('reported');
    };
    expect(authenticate(`Bearer ${made}`, registry, noTokens)).toMatchObject({ caller: { name: 'a' } });
  });
});
