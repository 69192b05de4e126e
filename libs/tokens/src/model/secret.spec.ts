import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

import { AccessToken } from './access-token.ts';
import { Secret } from './secret.ts';
import { instant } from './units.ts';

const VALUE = 'eyJhbGciOi.s3cret-value.c2ln';
const start = instant(Date.UTC(2026, 0, 15, 12));
const end = instant(Date.UTC(2026, 0, 16, 12));

/** Every way in which a value gets into a log by accident. */
const PRINTERS: readonly (readonly [string, (value: object) => string])[] = [
  ['JSON.stringify', (value) => JSON.stringify(value)],
  ['JSON.stringify of what holds it', (value) => JSON.stringify({ deep: [{ value }] })],
  ['util.inspect', (value) => inspect(value)],
  ['util.inspect with everything shown', (value) => inspect({ value }, { showHidden: true, depth: 9 })],
  ['a template', (value) => ['', ''].join(value as unknown as string)],
  ['an error', (value) => inspect(new Error('failed', { cause: value }))],
  ['its keys and values', (value) => inspect(Object.entries({ ...value }))],
  ['its property names', (value) => Reflect.ownKeys(value).join()],
];

describe.each([
  ['a secret', new Secret(VALUE)],
  ['an access token', new AccessToken(VALUE, start, end)],
])('%s', (_, value) => {
  it.each(PRINTERS)('does not show in %s', (__, print) => {
    expect(print(value)).not.toContain('s3cret');
  });

  it('is returned by reveal alone', () => {
    expect(value.reveal()).toBe(VALUE);
  });
});

describe('an access token', () => {
  const token = new AccessToken('abc', start, end);

  it('is identified by the SHA-256 of its characters', () => {
    expect(token.sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('lives from minting to expiry', () => {
    expect(token.life).toBe(86_400_000);
  });

  it('shows its digest and its times', () => {
    expect(JSON.parse(JSON.stringify(token))).toEqual({
      sha256: token.sha256,
      issuedAt: '2026-01-15T12:00:00.000Z',
      expiresAt: '2026-01-16T12:00:00.000Z',
    });
    expect(inspect(token)).toBe('AccessToken(sha256 ba7816bf8f01…, expires 2026-01-16T12:00:00.000Z)');
  });
});
