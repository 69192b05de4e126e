import { describe, expect, it } from 'vitest';

import { between, instant, later, millis, type Millis } from '#libs/tokens';

import type { GrantKind } from '../grants/grant.ts';
import type { TokenClaims } from './token-claims.ts';
import { tokenExpiry } from './token-lifetime.ts';

const ISSUED_AT = instant(Date.UTC(2026, 0, 15, 12));
const DAY = 86_400_000;

const claimsOf = (life: number, imsAhead = 0): TokenClaims => ({
  life: millis(life),
  expiresAt: later(ISSUED_AT, millis(life + imsAhead)),
});

function expiryOf(grant: GrantKind, expiresIn: number | null, claims: TokenClaims | null = null) {
  return tokenExpiry({ expiresIn, claims, grant, issuedAt: ISSUED_AT, now: ISSUED_AT });
}

function lifeOf(
  grant: GrantKind,
  expiresIn: number | null,
  claims: TokenClaims | null = null,
): Millis | string {
  const expiry = expiryOf(grant, expiresIn, claims);
  return typeof expiry === 'number' ? between(ISSUED_AT, expiry) : expiry.problem;
}

describe('tokenExpiry without readable claims', () => {
  it.each<[GrantKind, number, number]>([
    ['jwt', 86_399_000, 86_399_000],
    ['jwt', 86_399_992, 86_399_992],
    ['jwt', 86_399, 86_399],
    ['jwt', 3_000, 3_000],
    ['jwt', 2_999.7, 2_999],
    ['oauth', 86_399, 86_399_000],
    ['oauth', 3_599, 3_599_000],
    ['oauth', 2, 2_000],
    ['oauth', 59.5, 59_500],
    ['oauth', 86_399_000, 86_399_000],
    ['oauth', 172_800, 172_800_000],
  ])('reads expires_in of the grant %s, %d, as %d milliseconds', (grant, expiresIn, life) => {
    expect(lifeOf(grant, expiresIn)).toBe(life);
  });

  it.each<[GrantKind, number | null, RegExp]>([
    ['jwt', 0, /expires_in is 0/],
    ['jwt', -1, /expires_in is -1/],
    ['jwt', 1e12, /more than 48 hours/],
    ['jwt', Number.NaN, /expires_in is no number/],
    ['jwt', null, /neither the answer nor the token/],
    ['jwt', 172_800_001, /more than 48 hours/],
    ['oauth', 0, /expires_in is 0/],
    ['oauth', -1, /expires_in is -1/],
    ['oauth', 1e12, /more than 48 hours/],
    ['oauth', Number.NaN, /expires_in is no number/],
    ['oauth', null, /neither the answer nor the token/],
    ['oauth', 172_801, /more than 48 hours/],
  ])('rejects expires_in of the grant %s, %s', (grant, expiresIn, problem) => {
    expect(lifeOf(grant, expiresIn)).toMatch(problem);
  });
});

describe('tokenExpiry with readable claims', () => {
  it.each<[string, GrantKind, number | null, TokenClaims, number]>([
    ['the usual unit, just below the claims', 'jwt', DAY - 8, claimsOf(DAY), DAY - 8],
    ['the usual unit, rounded down', 'oauth', 2, claimsOf(3_000), 2_000],
    ['seconds where milliseconds were due', 'jwt', 86_399, claimsOf(DAY), 86_399_000],
    ['milliseconds where seconds were due', 'oauth', 86_399_000, claimsOf(DAY), 86_399_000],
    ['milliseconds of a short life where seconds were due', 'oauth', 3_000, claimsOf(3_000), 3_000],
    ['claims that end earlier', 'oauth', 86_399, claimsOf(3_600_000), 3_600_000],
    ['an answer that ends earlier', 'jwt', 7_200_000, claimsOf(DAY), 7_200_000],
    ['an answer without expires_in', 'jwt', null, claimsOf(DAY), DAY],
    ['a wild number', 'jwt', 1e12, claimsOf(DAY), DAY],
    ["IMS's clock ahead", 'jwt', DAY, claimsOf(DAY, 60_000), DAY],
    ["IMS's clock behind", 'jwt', DAY, claimsOf(DAY, -60_000), DAY - 60_000],
  ])('handles %s', (_, grant, expiresIn, claims, life) => {
    expect(lifeOf(grant, expiresIn, claims)).toBe(life);
  });

  it('suspects the clock when the token has expired on arrival', () => {
    expect(expiryOf('jwt', DAY, claimsOf(DAY, -DAY))).toEqual({
      problem: expect.stringContaining('already expired') as string,
      suspectsClock: true,
    });
  });

  it.each([0, -1, Number.NaN])('rejects expires_in %d regardless of the claims', (expiresIn) => {
    expect(lifeOf('jwt', expiresIn, claimsOf(DAY))).toMatch(/expires_in is/);
  });
});

it('tokenExpiry rejects a token that expires before its response arrives', () => {
  const now = later(ISSUED_AT, millis(3_000));
  const expiry = tokenExpiry({ expiresIn: 2_000, claims: null, grant: 'jwt', issuedAt: ISSUED_AT, now });
  expect(expiry).toMatchObject({ suspectsClock: true });
});
