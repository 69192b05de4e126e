import { randomBytes } from 'node:crypto';

import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { handmadeToken, makeSigningKey, OidcIssuer } from '../../../test/support/oidc-issuer.ts';
import { jwtCaller, Workload } from '../../../test/support/workload.ts';

describe('JwtAuthenticator with a workload token', () => {
  let workload: Workload;
  let issuer: OidcIssuer;
  beforeEach(async () => {
    workload = await Workload.start();
    ({ issuer } = workload);
  });
  afterEach(() => workload.close());

  it('authenticates the caller, synchronously from the second request on', async () => {
    const token = await issuer.token();
    expect(await workload.ask(token)).toMatchObject({ caller: { name: 'publisher' }, method: 'jwt' });
    expect(workload.ask(token)).toMatchObject({ caller: { name: 'publisher' }, method: 'jwt' });
    expect(issuer.keyFetches).toBe(1);
  });

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)('accepts a signature by %s', async (alg) => {
    issuer.keys = [makeSigningKey(alg)];
    expect(await workload.outcome(await issuer.token())).toBe('publisher');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['several audiences, the configured one among them', { aud: ['other', 'ims-tokens'] }, 'publisher'],
    ['exp 29 seconds ago, within the clock tolerance', { exp: -29 }, 'publisher'],
    ['exp 30 seconds ago', { exp: -30 }, 'expired_token'],
    ['no exp', { exp: undefined }, 'invalid_token'],
    ['an exp that is no number', { exp: 'tomorrow' }, 'invalid_token'],
    ['nbf and iat in 30 seconds, within the clock tolerance', { nbf: 30, iat: 30 }, 'publisher'],
    ['nbf in a minute', { nbf: 60 }, 'invalid_token'],
    ['iat in a minute', { iat: 60 }, 'invalid_token'],
    ['a life of a day', { iat: -60, exp: 86_340 }, 'publisher'],
    ['a life of a day and a second', { iat: -60, exp: 86_341 }, 'long_lived_token'],
    ['a life of a year, almost over', { iat: -31_535_000, nbf: 0, exp: 1_000 }, 'long_lived_token'],
    ['a life of ten years', { exp: 315_360_000 }, 'long_lived_token'],
    ['no iat, and a day from nbf', { iat: undefined, nbf: 0, exp: 86_400 }, 'publisher'],
    ['no iat, and more than a day from nbf', { iat: undefined, nbf: 0, exp: 86_401 }, 'long_lived_token'],
    ['exp alone, in a day', { iat: undefined, nbf: undefined, exp: 86_400 }, 'publisher'],
    ['exp alone, in two days', { iat: undefined, nbf: undefined, exp: 172_800 }, 'long_lived_token'],
    ['another audience', { aud: 'other' }, 'wrong_audience'],
    ['other audiences', { aud: ['other', 'ims-tokens-2'] }, 'wrong_audience'],
    ['no audience', { aud: undefined }, 'wrong_audience'],
    ['another subject', { sub: 'system:serviceaccount:web:other' }, 'unknown_subject'],
    [
      'a subject with the configured one as its prefix',
      { sub: 'system:serviceaccount:web:publisher2' },
      'unknown_subject',
    ],
    ['no subject', { sub: undefined }, 'unknown_subject'],
    ['another issuer', { iss: 'https://oidc.example' }, 'unknown_issuer'],
    ['no issuer', { iss: undefined }, 'invalid_token'],
    ['an issuer that is no string', { iss: 5 }, 'unknown_issuer'],
  ])('with %s, claims %j: answers %s', async (_, claims, outcome) => {
    const now = Math.floor(workload.clock.now() / 1000);
    const absolute = Object.fromEntries(
      Object.entries(claims).map(([name, value]) =>
        typeof value === 'number' && name !== 'iss' ? [name, now + value] : [name, value],
      ),
    );
    const token = await issuer.token({ claims: absolute });
    expect(await workload.outcome(token)).toBe(outcome);
  });

  it.each([
    ['JWT', 'publisher'],
    ['at+jwt', 'publisher'],
    ['application/at+jwt', 'publisher'],
    ['dpop+jwt', 'invalid_token'],
    ['application/logout+jwt', 'invalid_token'],
  ])('with typ %s: answers %s', async (typ, outcome) => {
    expect(await workload.outcome(await issuer.token({ header: { typ } }))).toBe(outcome);
  });

  it('refuses a token of a foreign key, with any kid', async () => {
    const foreign = makeSigningKey();
    const { kid } = issuer.signingKey;
    expect(await workload.outcome(await issuer.token({ key: { ...foreign, kid } }))).toBe('invalid_token');
    expect(await workload.outcome(await issuer.token({ key: foreign }))).toBe('invalid_token');
    const bare = await issuer.token({ key: foreign, header: { kid: undefined } });
    expect(await workload.outcome(bare)).toBe('invalid_token');
  });

  it('ignores keys and key addresses in the header', async () => {
    const elsewhere = await OidcIssuer.start();
    const attacker = makeSigningKey();
    elsewhere.keys = [attacker];
    const jwk = await elsewhere.publicJwk();
    for (const header of [{ jku: elsewhere.jwksUri }, { jwk }, { x5u: elsewhere.jwksUri }]) {
      const token = await issuer.token({ key: attacker, header });
      expect(await workload.outcome(token)).toBe('invalid_token');
      const named = await issuer.token({ claims: { iss: elsewhere.issuer }, key: attacker, header });
      expect(await workload.outcome(named)).toBe('unknown_issuer');
    }
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it.each(['none', 'None', 'NONE', ''])('refuses the algorithm %j', async (alg) => {
    const { kid } = issuer.signingKey;
    const unsigned = handmadeToken({ alg, kid }, issuer.claims());
    expect(await workload.outcome(unsigned)).toBe('invalid_token');
    expect(await workload.outcome(`${unsigned}${randomBytes(64).toString('base64url')}`)).toBe(
      'invalid_token',
    );
  });

  it('refuses a token with the public key as its HMAC secret', async () => {
    issuer.keys = [makeSigningKey('RS256')];
    const { kid, publicKey } = issuer.signingKey;
    const secrets = [
      String(publicKey.export({ type: 'spki', format: 'pem' })),
      String(publicKey.export({ type: 'pkcs1', format: 'pem' })),
      JSON.stringify(await issuer.publicJwk()),
    ];
    for (const secret of secrets) {
      const token = await new SignJWT(issuer.claims())
        .setProtectedHeader({ alg: 'HS256', kid })
        .sign(Buffer.from(secret));
      expect(await workload.outcome(token)).toBe('invalid_token');
    }
  });

  it.each([
    ['is cut short', (token: string) => token.slice(0, -8)],
    ['has lost its signature', (token: string) => token.slice(0, token.lastIndexOf('.') + 1)],
    ['has claims that are not JSON', (token: string) => token.replace(/\.[^.]+\./, '.AAAA.')],
    ['has no claims', (token: string) => token.replace(/\.[^.]+\./, '..')],
    ['exceeds the maximum length', (token: string) => `${token}${'A'.repeat(8_192)}`],
  ])('refuses a token that %s', async (_, spoil) => {
    expect(await workload.outcome(spoil(await issuer.token()))).toBe('invalid_token');
  });

  it('treats a key with dots as a key', async () => {
    expect(await workload.outcome('a.b.c')).toBe('unknown_key');
    const token = await issuer.token();
    expect(await workload.outcome(token.replaceAll('.', '~'))).toBe('unknown_key');
    expect(issuer.requests).toEqual([]);
  });

  it('finds the caller by subject and audience among several of one issuer', async () => {
    workload.change(
      [
        jwtCaller(issuer.issuer, { name: 'a', subject: 'one' }),
        jwtCaller(issuer.issuer, { name: 'b', subject: 'two' }),
        jwtCaller(issuer.issuer, { name: 'c', subject: 'one', audience: 'other' }),
      ].join(),
    );
    const outcomes = [
      { sub: 'one' },
      { sub: 'two' },
      { sub: 'one', aud: 'other' },
      { sub: 'two', aud: 'other' },
      { sub: 'two', aud: ['other', 'ims-tokens'] },
    ].map(async (claims) => workload.outcome(await issuer.token({ claims })));
    expect(await Promise.all(outcomes)).toEqual(['a', 'b', 'c', 'unknown_subject', 'b']);
  });

  it('verifies a token with the keys of its own issuer only', async () => {
    const other = await OidcIssuer.start(() => workload.clock.now());
    workload.change(`${jwtCaller(issuer.issuer)}, ${jwtCaller(other.issuer, { name: 'other' })}`);
    expect(await workload.outcome(await other.token())).toBe('other');
    const forged = await issuer.token({ key: other.signingKey });
    expect(await workload.outcome(forged)).toBe('invalid_token');
    await other.close();
  });
});
