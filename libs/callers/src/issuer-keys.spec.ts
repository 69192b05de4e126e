import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makeSigningKey, OidcIssuer } from '../../../test/support/oidc-issuer.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { jwtCaller, Workload } from '../../../test/support/workload.ts';

describe('IssuerKeys', () => {
  let workload: Workload;
  let issuer: OidcIssuer;
  const outcomeOfNew = async () => workload.outcome(await issuer.token());
  /** Fetches due keys, as the scheduler does, until the condition holds. */
  const refreshed = (condition: () => boolean) =>
    eventually(async () => {
      workload.authenticator.refreshKeys();
      return condition();
    }, Boolean);
  beforeEach(async () => {
    workload = await Workload.start();
    ({ issuer } = workload);
  });
  afterEach(() => workload.close());

  it('fetches keys before the first request, and again every ten minutes', async () => {
    await refreshed(() => workload.events.length === 1);
    expect(workload.events).toEqual([{ type: 'issuer.up', issuer: issuer.issuer }]);
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
    workload.advance(599);
    workload.authenticator.refreshKeys();
    expect(await outcomeOfNew()).toBe('publisher');
    expect(issuer.keyFetches).toBe(1);
    workload.advance(1);
    await refreshed(() => issuer.keyFetches === 2);
  });

  it('accepts a token of a rotated key', async () => {
    expect(await outcomeOfNew()).toBe('publisher');
    workload.advance(10);
    issuer.rotate();
    expect(await outcomeOfNew()).toBe('publisher');
    expect(issuer.keyFetches).toBe(2);
  });

  it('accepts tokens of several keys and algorithms', async () => {
    issuer.keys = [makeSigningKey(), makeSigningKey('RS256'), makeSigningKey('EdDSA')];
    for (const key of issuer.keys)
      expect(await workload.outcome(await issuer.token({ key }))).toBe('publisher');
    const nameless = await issuer.token({ header: { kid: undefined } });
    expect(await workload.outcome(nameless)).toBe('publisher');
  });

  it('refuses a token without a kid while several keys match', async () => {
    issuer.keys = [makeSigningKey(), makeSigningKey()];
    const nameless = await issuer.token({ header: { kid: undefined } });
    expect(await workload.outcome(nameless)).toBe('invalid_token');
  });

  it('fetches at most every ten seconds for a flood of tokens with unknown keys', async () => {
    expect(await outcomeOfNew()).toBe('publisher');
    const flood = async () => {
      const tokens = Array.from({ length: 500 }, async (_, index) =>
        issuer.token({ claims: { jti: String(index) }, header: { kid: `made-up-${index}` } }),
      );
      return Promise.all((await Promise.all(tokens)).map((token) => workload.outcome(token)));
    };
    expect(new Set(await flood())).toEqual(new Set(['invalid_token']));
    expect(issuer.keyFetches).toBe(1);
    workload.advance(10);
    expect(new Set(await flood())).toEqual(new Set(['invalid_token']));
    await flood();
    expect(issuer.keyFetches).toBe(2);
    expect(await outcomeOfNew()).toBe('publisher');
  });

  it.each<[string, NonNullable<OidcIssuer['fault']>]>([
    ['fails', (_, response) => response.writeHead(500).end('SECRET')],
    ['drops connections', (request) => request.socket.destroy()],
    ['answers an HTML page', (_, response) => response.end('<html>SECRET</html>')],
    ['answers an empty key set', (_, response) => response.end('{"keys":[]}')],
    ['redirects', (_, response) => response.writeHead(302, { location: '/SECRET' }).end()],
    ['answers without end', (_, response) => response.end('"SECRET'.repeat(100_000))],
    ['breaks off the response', (_, response) => response.write('{"keys":', () => response.destroy())],
  ])('keeps the keys while the issuer %s', async (_, fault) => {
    expect(await outcomeOfNew()).toBe('publisher');
    const token = await issuer.token();
    issuer.fault = fault;
    for (let hour = 0; hour < 3; hour += 1) {
      workload.advance(3_600);
      await refreshed(() => issuer.requests.length > 2 + hour && workload.events.length === 2);
      expect(await outcomeOfNew()).toBe('publisher');
    }
    expect(await workload.outcome(token)).toBe('expired_token');
    expect(workload.events[1]).toMatchObject({ type: 'issuer.down', keysHeld: true });
    expect(JSON.stringify([workload.events, workload.authenticator.problems])).not.toContain('SECRET');
    expect(issuer.requests).not.toContain('/SECRET');
    issuer.fault = null;
    workload.advance(10);
    await refreshed(() => workload.events.length === 3);
    expect(workload.events[2]).toEqual({ type: 'issuer.up', issuer: issuer.issuer });
    expect(workload.authenticator.problems).toEqual([]);
  });

  it('answers issuer_unavailable for an unknown key while the issuer is down', async () => {
    expect(await outcomeOfNew()).toBe('publisher');
    workload.advance(10);
    issuer.rotate();
    issuer.fault = (_, response) => response.writeHead(503).end();
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(issuer.requests).toHaveLength(3);
    issuer.fault = null;
    workload.advance(10);
    expect(await outcomeOfNew()).toBe('publisher');
  });

  it('answers issuer_unavailable before the first fetch succeeds, and fetches in the background later', async () => {
    issuer.fault = (_, response) => response.writeHead(503).end();
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(issuer.requests).toHaveLength(1);
    expect(workload.events).toMatchObject([{ type: 'issuer.down', keysHeld: false }]);
    expect(workload.authenticator.problems[0]).toContain('answered HTTP 503');
    issuer.fault = null;
    workload.advance(10);
    await refreshed(() => workload.events.length === 2);
    expect(await outcomeOfNew()).toBe('publisher');
  });

  it('fetches from the configured jwksUri without a discovery document', async () => {
    workload.change(jwtCaller('https://oidc.example', { jwksUri: issuer.jwksUri }));
    const token = await issuer.token({ claims: { iss: 'https://oidc.example' } });
    expect(await workload.outcome(token)).toBe('publisher');
    expect(issuer.requests).toEqual(['/keys']);
  });

  it('finds the discovery document of an issuer with a path, with and without a final slash', async () => {
    for (const path of ['/realms/a', '/realms/b/']) {
      const name = `${issuer.issuer}${path}`;
      issuer.requests.length = 0;
      issuer.fault = (request, response) => {
        const isDiscovery = request.url?.endsWith('configuration') === true;
        void issuer
          .publicJwk()
          .then((jwk) =>
            response.end(
              JSON.stringify(isDiscovery ? { issuer: name, jwks_uri: issuer.jwksUri } : { keys: [jwk] }),
            ),
          );
      };
      workload.change(jwtCaller(name));
      expect(await workload.outcome(await issuer.token({ claims: { iss: name } }))).toBe('publisher');
      expect(issuer.requests[0]).toBe(`${path.replace(/\/$/, '')}/.well-known/openid-configuration`);
    }
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['is of another issuer', { issuer: 'https://oidc.example' }, /is of another issuer/],
    ['names no jwks_uri', { jwks_uri: undefined }, /names no issuer and jwks_uri/],
    ['names a jwks_uri without TLS', { jwks_uri: 'http://oidc.example/keys' }, /no https/],
    ['names a file as its jwks_uri', { jwks_uri: 'file:///etc/keys' }, /no https/],
  ])('refuses the keys when the discovery document %s', async (_, discovery, problem) => {
    issuer.discovery = discovery;
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(workload.authenticator.problems[0]).toMatch(problem);
    expect(issuer.keyFetches).toBe(0);
  });

  it('drops the keys of an issuer that leaves the callers file, also during a fetch', async () => {
    issuer.fault = () => undefined;
    const answer = workload.ask(await issuer.token());
    await eventually(
      async () => issuer.requests.length,
      (count) => count === 1,
    );
    workload.change('');
    expect(await answer).toEqual({ caller: null, failure: 'unknown_issuer' });
    expect(workload.events).toEqual([]);
  });

  it('gives up a fetch after five seconds', async () => {
    issuer.fault = () => undefined;
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(workload.authenticator.problems[0]).toContain('no complete answer within 5000 ms');
  });
});
