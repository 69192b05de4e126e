import { describe, expect, it } from 'vitest';
import { issueServiceCredentials } from './support/control.ts';
import {
  answerOf,
  claimsOf,
  exchange,
  exchangeParameters,
  headerOf,
  multipart,
  post,
  tokenFor,
} from './support/ims-client.ts';
import { runSandbox } from './support/running-sandbox.ts';

describe('the JWT exchange', () => {
  it.each(['/ims/exchange/jwt', '/ims/exchange/jwt/', '/ims/exchange/v1/jwt'])(
    'answers at %s',
    async (path) => {
      const { origin } = await runSandbox();
      const parameters = await exchangeParameters(await issueServiceCredentials(origin));

      const { status, body } = await post(`${origin}${path}`, parameters);

      expect(status).toBe(200);
      expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'token_type']);
      expect(body).toMatchObject({ token_type: 'bearer', access_token: expect.any(String) });
    },
  );

  it('reads its parameters from a form, a multipart body or the query', async () => {
    const { origin } = await runSandbox();
    const parameters = await exchangeParameters(await issueServiceCredentials(origin));
    const url = `${origin}/ims/exchange/jwt`;

    const form = await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) });
    const parts = await fetch(url, { method: 'POST', body: multipart(parameters) });
    const query = await fetch(`${url}?${new URLSearchParams(parameters).toString()}`, { method: 'POST' });

    expect([form.status, parts.status, query.status]).toEqual([200, 200, 200]);
  });

  it('accepts multipart parts with a file name, as some HTTP libraries send them', async () => {
    const { origin } = await runSandbox();
    const parameters = await exchangeParameters(await issueServiceCredentials(origin));
    const form = new FormData();
    for (const [name, value] of Object.entries(parameters)) form.append(name, new Blob([value]), name);

    const { status } = await fetch(`${origin}/ims/exchange/jwt`, { method: 'POST', body: form });

    expect(status).toBe(200);
  });

  it('accepts the optional repeated parameter resource', async () => {
    const { origin } = await runSandbox();
    const body = new URLSearchParams(await exchangeParameters(await issueServiceCredentials(origin)));
    body.append('resource', 'https://one.example');
    body.append('resource', 'https://two.example');

    const { status } = await fetch(`${origin}/ims/exchange/v1/jwt`, { method: 'POST', body });

    expect(status).toBe(200);
  });

  it('gives the lifetime of the token in milliseconds', async () => {
    const { origin } = await runSandbox();

    const { body } = await exchange(await issueServiceCredentials(origin));

    expect(body['expires_in']).toBe(86_399_999);
  });

  it('sets x-debug-id, and Cache-Control to no-store', async () => {
    const { origin } = await runSandbox();
    const parameters = await exchangeParameters(await issueServiceCredentials(origin));

    const { headers } = await fetch(`${origin}/ims/exchange/jwt`, {
      method: 'POST',
      body: new URLSearchParams(parameters),
    });

    expect(headers.get('x-debug-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('accepts an assertion that expires in the year 50,000, as Adobe’s own SDKs have sent', async () => {
    const { origin } = await runSandbox();

    const { status } = await exchange(await issueServiceCredentials(origin), {
      exp: Date.now() + 86_400_000,
    });

    expect(status).toBe(200);
  });

  it('accepts a subset of the metascopes, and grants only those', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin, {
      metascopes: 'ent_aem_cloud_sdk,ent_cloudmgr_sdk',
    });

    const { body } = await exchange(document, { [`${origin}/s/ent_cloudmgr_sdk`]: undefined });

    expect(document.integration.metascopes).toBe('ent_aem_cloud_sdk,ent_cloudmgr_sdk');
    expect(claimsOf(String(body['access_token']))['scope']).toBe('ent_aem_cloud_sdk');
  });

  it('accepts a new integer jti each time', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);

    const first = await exchange(document, { jti: 1 });
    const second = await exchange(document, { jti: 2 });

    expect([first.status, second.status]).toEqual([200, 200]);
  });

  it('accepts an assertion without jti repeatedly', async () => {
    const { origin } = await runSandbox();
    const parameters = await exchangeParameters(await issueServiceCredentials(origin));

    const first = await post(`${origin}/ims/exchange/jwt`, parameters);
    const second = await post(`${origin}/ims/exchange/jwt`, parameters);

    expect([first.status, second.status]).toEqual([200, 200]);
    expect(first.body['access_token']).not.toBe(second.body['access_token']);
  });

  it('accepts every host name that the client uses for the origin', async () => {
    const { origin } = await runSandbox();
    const named = origin.replace('127.0.0.1', 'localhost');
    const document = await issueServiceCredentials(named);

    const { status } = await exchange(document);

    expect(document.integration.imsEndpoint).toBe(named);
    expect(status).toBe(200);
  });
});

describe('an access token', () => {
  it('has the header of IMS’s tokens, with a bare file name in x5u', async () => {
    const { origin } = await runSandbox();

    const token = await tokenFor(await issueServiceCredentials(origin));

    expect(headerOf(token)).toEqual({
      alg: 'RS256',
      x5u: 'ims_na1-key-at-1.cer',
      kid: 'ims_na1-key-at-1',
      itt: 'at',
    });
  });

  it('has its lifetime in decimal strings of milliseconds, and no registered claims', async () => {
    const nowMs = Date.parse('2026-03-01T12:00:00.123Z');
    const { origin } = await runSandbox({ now: () => nowMs });
    const document = await issueServiceCredentials(origin);

    const claims = claimsOf(await tokenFor(document, nowMs));

    expect(claims).toMatchObject({
      type: 'access_token',
      client_id: document.integration.technicalAccount.clientId,
      user_id: document.integration.id,
      as: 'ims-na1',
      scope: 'ent_aem_cloud_api',
      created_at: String(nowMs),
      expires_in: '86400000',
    });
    expect(Object.keys(claims)).toEqual(
      expect.arrayContaining(['id', 'aa_id', 'ctp', 'fg', 'moi', 'pba', 'c']),
    );
    for (const registered of ['iss', 'aud', 'exp', 'iat']) expect(claims).not.toHaveProperty(registered);
  });

  it('is as long as IMS’s tokens', async () => {
    const { origin } = await runSandbox();

    const token = await tokenFor(await issueServiceCredentials(origin));

    expect(token.length).toBeGreaterThan(1100);
    expect(token.length).toBeLessThan(1600);
  });

  it('does not invalidate earlier tokens', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);
    const older = await tokenFor(document);
    await tokenFor(document);

    const response = await fetch(`${origin}/aem/x`, { headers: { authorization: `Bearer ${older}` } });

    expect((await answerOf(response)).status).toBe(200);
  });
});
