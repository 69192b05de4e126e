import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makeSigningKey, OidcIssuer } from '../../../test/support/oidc-issuer.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { jwtCaller, Workload } from '../../../test/support/workload.ts';

describe('the keys of an issuer', () => {
  let workload: Workload;
  let issuer: OidcIssuer;
  const outcomeOfNew = async () => workload.outcome(await issuer.token());
  /** Looks in the background whether keys are due, as the ticks do, until it has come to this. */
  const refreshed = (isRight: () => boolean) =>
    eventually(async () => {
      workload.authenticator.refreshKeys();
      return isRight();
    }, Boolean);
  beforeEach(async () => {
    workload = await Workload.start();
    ({ issuer } = workload);
  });
  afterEach(() => workload.close());

  it('are fetched before anybody asks, and fetched again every ten minutes', async () => {
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

  it('are followed when they are rotated', async () => {
    expect(await outcomeOfNew()).toBe('publisher');
    workload.advance(10);
    issuer.rotate();
    expect(await outcomeOfNew()).toBe('publisher');
    expect(issuer.keyFetches).toBe(2);
  });

  it('may be several', async () => {
    issuer.keys = [makeSigningKey(), makeSigningKey('RS256'), makeSigningKey('EdDSA')];
    for (const key of issuer.keys)
      expect(await workload.outcome(await issuer.token({ key }))).toBe('publisher');
    const nameless = await issuer.token({ header: { kid: undefined } });
    expect(await workload.outcome(nameless)).toBe('publisher');
  });

  it('have to be named in a token where several fit', async () => {
    issuer.keys = [makeSigningKey(), makeSigningKey()];
    const nameless = await issuer.token({ header: { kid: undefined } });
    expect(await workload.outcome(nameless)).toBe('invalid_token');
  });

  it('are not fetched for each of a flood of tokens with keys that nobody has', async () => {
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
    ['answers a page', (_, response) => response.end('<html>SECRET</html>')],
    ['answers no key at all', (_, response) => response.end('{"keys":[]}')],
    ['sends elsewhere', (_, response) => response.writeHead(302, { location: '/SECRET' }).end()],
    ['answers without end', (_, response) => response.end('"SECRET'.repeat(100_000))],
    ['breaks off', (_, response) => response.write('{"keys":', () => response.destroy())],
  ])('held are good while the issuer %s, however long', async (_, fault) => {
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

  it('that are new can not be told from made-up ones while the issuer is down, and both wait', async () => {
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

  it('that never came let nobody in, and come in the background once the issuer is up', async () => {
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

  it('are fetched from where the callers file says, without a discovery document', async () => {
    workload.change(jwtCaller('https://oidc.example', { jwksUri: issuer.jwksUri }));
    const token = await issuer.token({ claims: { iss: 'https://oidc.example' } });
    expect(await workload.outcome(token)).toBe('publisher');
    expect(issuer.requests).toEqual(['/keys']);
  });

  it('are fetched by the discovery document of an issuer with a path, with or without a slash at its end', async () => {
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
    ['names no keys', { jwks_uri: undefined }, /names no issuer and jwks_uri/],
    [
      'has them at an address that anybody may answer at',
      { jwks_uri: 'http://oidc.example/keys' },
      /no https/,
    ],
    ['has them in a file', { jwks_uri: 'file:///etc/keys' }, /no https/],
  ])('are not taken where the discovery document %s', async (_, discovery, problem) => {
    issuer.discovery = discovery;
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(workload.authenticator.problems[0]).toMatch(problem);
    expect(issuer.keyFetches).toBe(0);
  });

  it('of an issuer that the file no longer names are let go, also while they are fetched', async () => {
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

  it('are waited for five seconds at most', async () => {
    issuer.fault = () => undefined;
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(workload.authenticator.problems[0]).toContain('no complete answer within 5000 ms');
  });
});
