import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { OidcIssuer } from '../../../test/support/oidc-issuer.ts';
import { jwtCaller, Workload } from '../../../test/support/workload.ts';

describe('IssuerKeys with the API server of Kubernetes', () => {
  let workload: Workload;
  let issuer: OidcIssuer;
  let folder: string;
  let bearerTokenFile: string;
  const outcomeOfNew = async () => workload.outcome(await issuer.token());
  const problem = () => workload.authenticator.problems.join();
  beforeEach(async () => {
    workload = await Workload.start();
    ({ issuer } = workload);
    folder = await mkdtemp(join(tmpdir(), 'kubernetes-issuer-'));
    bearerTokenFile = join(folder, 'token');
  });
  afterEach(async () => {
    await workload.close();
    await rm(folder, { recursive: true });
  });

  /** Makes the issuer require a token, and the caller's entry name the file. */
  const requireToken = (token: string) => {
    issuer.kubernetes = { token };
    workload.change(jwtCaller(issuer.issuer, { bearerTokenFile }));
  };

  it('fetches keys that the server has as application/jwk-set+json only', async () => {
    issuer.kubernetes = { token: null };
    expect(await outcomeOfNew()).toBe('publisher');
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/openid/v1/jwks']);
  });

  it('prefers each type of a key set over others (RFC 7517 §8.5.1)', async () => {
    const accepted: (string | undefined)[] = [];
    issuer.fault = (request, response) => {
      accepted.push(request.headers.accept);
      response.writeHead(406).end();
    };
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(accepted).toEqual(['application/jwk-set+json, application/json;q=0.9, */*;q=0.1']);
  });

  it('sends the token of bearerTokenFile for discovery and keys', async () => {
    await writeFile(bearerTokenFile, 'first.token\n');
    requireToken('first.token');
    expect(await outcomeOfNew()).toBe('publisher');
    expect(issuer.keyFetches).toBe(1);
  });

  it('reads a replaced bearerTokenFile before the next fetch', async () => {
    await writeFile(bearerTokenFile, 'first.token');
    requireToken('first.token');
    expect(await outcomeOfNew()).toBe('publisher');
    await writeFile(bearerTokenFile, 'second.token');
    requireToken('second.token');
    workload.advance(10);
    issuer.rotate();
    expect(await outcomeOfNew()).toBe('publisher');
  });

  it('drops the keys fetched without a token when bearerTokenFile changes', async () => {
    expect(await outcomeOfNew()).toBe('publisher');
    requireToken('first.token');
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
  });

  it('names the cluster role when the server forbids anonymous reads', async () => {
    issuer.kubernetes = { token: 'some.token' };
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(problem()).toMatch(
      /HTTP 403: .*system:service-account-issuer-discovery to the group system:unauthenticated .*bearerTokenFile/,
    );
  });

  it.each([
    [401, undefined, /requires a bearer token. Set bearerTokenFile/],
    [401, 'old.token', /refused the token in bearerTokenFile/],
    [403, 'old.token', /system:service-account-issuer-discovery to the account of bearerTokenFile/],
  ])('gives the remedy for HTTP %d with the token %s', async (status, token, remedy) => {
    if (token !== undefined) await writeFile(bearerTokenFile, token);
    issuer.fault = (_, response) => response.writeHead(status).end();
    workload.change(jwtCaller(issuer.issuer, token === undefined ? {} : { bearerTokenFile }));
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(problem()).toMatch(remedy);
    expect(problem()).not.toContain('old.token');
  });

  it.each([
    ['is missing', undefined, /can't be read \(ENOENT\)/],
    ['is empty', '\n', /is empty/],
    ['has a header', 'Bearer SECRET', /must have one bearer token/],
    ['has two lines', 'SECRET\nSECRET', /must have one bearer token/],
    ['is a document', '{"token":"SECRET"}', /must have one bearer token/],
    ['is too long', 'SECRET'.repeat(10_000), /more than 16384 bytes/],
  ])('asks no issuer while bearerTokenFile %s', async (_, text, reason) => {
    if (text !== undefined) await writeFile(bearerTokenFile, text);
    requireToken('first.token');
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(problem()).toMatch(reason);
    expect(problem()).toContain(bearerTokenFile);
    expect(problem()).not.toContain('SECRET');
    expect(issuer.requests).toEqual([]);
  });

  it('reports a bearerTokenFile that is a folder', async () => {
    issuer.kubernetes = { token: 'first.token' };
    workload.change(jwtCaller(issuer.issuer, { bearerTokenFile: folder }));
    expect(await outcomeOfNew()).toBe('issuer_unavailable');
    expect(problem()).toMatch(/is not a file/);
  });

  it('refuses two callers of one issuer with different files', () => {
    const one = jwtCaller(issuer.issuer, { bearerTokenFile });
    const other = jwtCaller(issuer.issuer, { name: 'other', subject: 'other' });
    expect(() => workload.change(`${one}, ${other}`)).toThrow(/bearerTokenFile: differs from/);
  });
});
