import { describe, expect, it } from 'vitest';

import { instant } from '#libs/tokens';

import { readTokenClaims } from './token-claims.ts';

const NOW = instant(1_700_000_000_000);
const encode = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const tokenOf = (claims: unknown): string =>
  `${encode({ alg: 'RS256', x5u: 'ims_na1-key-at-1.cer' })}.${encode(claims)}.c2ln`;

describe('readTokenClaims', () => {
  it.each([
    ['decimal strings, as IMS writes them', { created_at: '1700000000500', expires_in: '86400000' }],
    ['numbers', { created_at: 1_700_000_000_500, expires_in: 86_400_000 }],
    [
      'the earlier end when exp is later',
      { created_at: '1700000000500', expires_in: '86400000', exp: 1_900_000_000 },
    ],
  ])('reads %s', (_, claims) => {
    expect(readTokenClaims(tokenOf(claims), NOW)).toEqual({ expiresAt: 1_700_086_400_500, life: 86_400_000 });
  });

  it('takes exp as the end when it is earlier', () => {
    const claims = { created_at: '1700000000500', expires_in: '86400000', exp: 1_700_003_600 };
    expect(readTokenClaims(tokenOf(claims), NOW)?.expiresAt).toBe(1_700_003_600_000);
  });

  it('accepts exp alone', () => {
    expect(readTokenClaims(tokenOf({ exp: 1_700_003_600 }), NOW)).toEqual({
      expiresAt: 1_700_003_600_000,
      life: 3_600_000,
    });
  });

  it.each([
    ['an opaque token', 'opaque'],
    ['three parts of nonsense', 'a.b.c'],
    ['claims without a life', tokenOf({ scope: 'openid' })],
    ['half a life', tokenOf({ created_at: '1700000000500' })],
    ['claims that are no numbers', tokenOf({ created_at: 'yesterday', expires_in: '86400000' })],
    ['claims that are no object', tokenOf(['created_at'])],
  ])('returns null for %s', (_, token) => {
    expect(readTokenClaims(token, NOW)).toBeNull();
  });
});
