import { describe, expect, it } from 'vitest';

import { makeLocalToken } from '../../../../test/support/credential-sources/local-token.ts';
import { credentialIn, NOW, parse, problemIn } from '../../../../test/support/credential-sources/parse.ts';

const DAY = 86_400_000;
const SECOND = Math.floor(NOW / 1000);

describe('readLocalToken', () => {
  it.each([
    ['decimal text', { created_at: String(NOW), expires_in: String(DAY) }],
    ['numbers', { created_at: NOW, expires_in: DAY }],
  ])('reads the lifetime from the claims, in milliseconds, as %s', (_, claims) => {
    const accessToken = makeLocalToken({ client_id: 'dev-console-prod', ...claims });
    const { token } = credentialIn('local', parse({ accessToken }));
    expect(token.reveal()).toBe(accessToken);
    expect(token.issuedAt).toBe(NOW);
    expect(token.expiresAt).toBe(NOW + DAY);
  });

  it('uses the earlier of two ends', () => {
    const accessToken = makeLocalToken({ created_at: NOW, expires_in: DAY, exp: SECOND + 60 });
    expect(credentialIn('local', parse({ accessToken })).token.expiresAt).toBe((SECOND + 60) * 1000);
  });

  it('accepts the registered claims alone, in seconds', () => {
    const accessToken = makeLocalToken({ iat: SECOND, exp: SECOND + 3_600 });
    const { token } = credentialIn('local', parse({ accessToken }));
    expect(token.issuedAt).toBe(SECOND * 1000);
    expect(token.life).toBe(3_600_000);
  });

  it('reads an expired token, so that the service can report its expiry', () => {
    const accessToken = makeLocalToken({ created_at: NOW - 3 * DAY, expires_in: DAY });
    expect(parse({ accessToken }).kind).toBe('local');
  });

  it('accepts the Developer Console’s envelope', () => {
    const accessToken = makeLocalToken({ created_at: NOW, expires_in: DAY });
    expect(parse({ ok: true, statusCode: 200, accessToken }).kind).toBe('local');
  });

  it('accepts a lifetime of 48 hours and no more', () => {
    const living = (expires_in: number) => ({ accessToken: makeLocalToken({ created_at: NOW, expires_in }) });
    expect(parse(living(2 * DAY)).kind).toBe('local');
    expect(problemIn(parse(living(2 * DAY + 1))).diagnosis).toContain('longer than 48 hours');
  });

  it.each([
    ['not text', 42, 'must be text'],
    ['null', null, 'must be text'],
    ['empty', '', 'is empty'],
    ['opaque', 'some-opaque-token', 'is not an access token'],
    ['prefixed', `Bearer ${makeLocalToken({ created_at: NOW, expires_in: DAY })}`, 'is not an access token'],
    [
      'wrapped in blanks',
      ` ${makeLocalToken({ created_at: NOW, expires_in: DAY })}\n`,
      'is not an access token',
    ],
    ['without claims', makeLocalToken({}), 'do not say when'],
    ['without readable claims', 'e30.bm90IGpzb24.c2ln', 'do not say when'],
    ['with claims that are no object', makeLocalToken([1]), 'do not say when'],
    ['with null for claims', makeLocalToken(null), 'do not say when'],
    ['without a beginning', makeLocalToken({ exp: SECOND + 60 }), 'do not say when'],
    ['with odd times', makeLocalToken({ created_at: '1e3', expires_in: 'soon' }), 'do not say when'],
    ['with times beyond any date', makeLocalToken({ created_at: 9e15, expires_in: 1 }), 'do not say when'],
    ['with a negative time', makeLocalToken({ created_at: -1, expires_in: 1 }), 'do not say when'],
    ['without a life', makeLocalToken({ created_at: NOW, expires_in: 0 }), 'expires no later'],
    ['that ends first', makeLocalToken({ created_at: NOW, expires_in: DAY, exp: 1 }), 'expires no later'],
  ])('refuses a token that is %s', (_, accessToken, reason) => {
    const problem = problemIn(parse({ accessToken }));
    expect(problem).toMatchObject({ documentKind: 'local', code: 'credential_invalid_field' });
    expect(problem.diagnosis).toMatch(/^`accessToken` /);
    expect(problem.diagnosis).toContain(reason);
    expect(problem.diagnosis).toContain('Get Local Development Token');
  });
});
