import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { handmadeToken, makeSigningKey, type OidcIssuer } from '../../../test/support/oidc-issuer.ts';
import { jwtCaller, Workload } from '../../../test/support/workload.ts';

const CAPACITY = 10;

describe('JwtAuthenticator with remembered tokens', () => {
  let workload: Workload;
  let issuer: OidcIssuer;
  const isRemembered = (token: string): boolean => !(workload.ask(token) instanceof Promise);
  beforeEach(async () => {
    workload = await Workload.start(({ issuer }) => jwtCaller(issuer), CAPACITY);
    ({ issuer } = workload);
    // The first fetch of the keys makes the authenticator forget all tokens.
    await workload.outcome(await issuer.token());
  });
  afterEach(() => workload.close());

  it('remembers a token until it expires by the wall clock', async () => {
    const token = await issuer.token();
    await workload.outcome(token);
    workload.advance(629);
    expect(workload.ask(token)).toMatchObject({ caller: { name: 'publisher' } });
    workload.advance(1);
    expect(workload.ask(token)).toEqual({ caller: null, failure: 'expired_token' });
    expect(await workload.outcome(token)).toBe('expired_token');
  });

  it('verifies a token once for a thousand concurrent requests', async () => {
    const token = await issuer.token();
    const asked = Array.from({ length: 1_000 }, () => workload.ask(token));
    expect(new Set(asked).size).toBe(1);
    expect(await asked[0]).toMatchObject({ caller: { name: 'publisher' } });
  });

  it('forgets the least recently used tokens, and remembers no more than its capacity', async () => {
    const used = await issuer.token({ claims: { jti: 'used' } });
    const idle = await issuer.token({ claims: { jti: 'idle' } });
    await workload.outcome(used);
    await workload.outcome(idle);
    for (let index = 0; index < 5 * CAPACITY; index += 1) {
      await workload.outcome(await issuer.token({ claims: { jti: String(index) } }));
      expect(workload.authenticator.rememberedTokens).toBeLessThanOrEqual(CAPACITY);
      expect(isRemembered(used)).toBe(true);
    }
    expect(isRemembered(idle)).toBe(false);
    expect(await workload.outcome(idle)).toBe('publisher');
  });

  it('keeps a token when invalid tokens follow', async () => {
    const token = await issuer.token();
    await workload.outcome(token);
    const foreign = makeSigningKey();
    for (let index = 0; index < 5 * CAPACITY; index += 1) {
      const claims = { jti: String(index) };
      const kid = issuer.signingKey.kid;
      await workload.outcome(await issuer.token({ claims, key: { ...foreign, kid } }));
      await workload.outcome(await issuer.token({ claims: { ...claims, aud: 'other' } }));
      await workload.outcome(handmadeToken({ alg: 'none', kid }, issuer.claims(claims)));
    }
    expect(isRemembered(token)).toBe(true);
  });

  it('refuses the token of a caller that leaves the callers file', async () => {
    const token = await issuer.token();
    await workload.outcome(token);
    workload.change(jwtCaller(issuer.issuer, { name: 'other', subject: 'other' }));
    expect(await workload.outcome(token)).toBe('unknown_subject');
    workload.change('{name: other, jwt: {issuer: "https://oidc.example", audience: a, subject: b}}');
    expect(workload.ask(token)).toEqual({ caller: null, failure: 'unknown_issuer' });
    workload.change('');
    expect(workload.ask(token)).toEqual({ caller: null, failure: 'unknown_issuer' });
  });

  it('refuses the token of a caller that leaves the callers file during verification', async () => {
    const another = await issuer.token({ claims: { jti: 'another' } });
    const answer = workload.ask(another);
    expect(answer).toBeInstanceOf(Promise);
    workload.change(jwtCaller(issuer.issuer, { name: 'other', subject: 'other' }));
    expect(await answer).toEqual({ caller: null, failure: 'unknown_subject' });
  });

  it('verifies a token again after a change of the callers file, without a fetch', async () => {
    const token = await issuer.token();
    await workload.outcome(token);
    const fetches = issuer.requests.length;
    workload.change(
      `${jwtCaller(issuer.issuer)}, {name: new, jwt: {issuer: "https://a.example", audience: a, subject: b}}`,
    );
    expect(isRemembered(token)).toBe(false);
    expect(await workload.outcome(token)).toBe('publisher');
    expect(issuer.requests).toHaveLength(fetches);
  });

  it('refuses a token after its issuer withdraws the key', async () => {
    const token = await issuer.token();
    await workload.outcome(token);
    issuer.rotate();
    workload.advance(30);
    expect(await workload.outcome(await issuer.token())).toBe('publisher');
    expect(await workload.outcome(token)).toBe('invalid_token');
  });
});
