import { createRemoteJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { control, issueLocalToken, issueOAuth, issueServiceCredentials } from './support/control.ts';
import { aem, answerOf, claimsOf, grantParameters, multipart, post, tokenFor } from './support/ims-client.ts';
import { runSandbox } from './support/running-sandbox.ts';

const DAY_MS = 86_400_000;
const GATEWAY_REFUSAL = {
  title: 'ErrInvalidOauthToken',
  status: 401,
  error_code: 401_013,
  message: 'Oauth token is not valid',
};

/** Changes one character of the token's payload. */
function tampered(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.stringify({ ...claimsOf(`${header}.${payload}.`), expires_in: '999999999999' });
  return `${header}.${Buffer.from(claims).toString('base64url')}.${signature}`;
}

describe('the AEM stand-in', () => {
  it('accepts a valid token, and names its client and the path', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);

    const answer = await answerOf(await aem(origin, await tokenFor(document), '/aem/content/dam/x.json?y=1'));

    expect(answer).toEqual({
      status: 200,
      body: {
        path: '/aem/content/dam/x.json',
        technicalAccount: document.integration.id,
        clientId: document.integration.technicalAccount.clientId,
      },
    });
  });

  it('accepts tokens of both grants', async () => {
    const { origin } = await runSandbox();
    const { body } = await post(`${origin}/ims/token/v3`, grantParameters(await issueOAuth(origin)));

    expect((await aem(origin, String(body['access_token']))).status).toBe(200);
  });

  it('refuses a missing, invented or modified token as Adobe’s gateway does', async () => {
    const { origin } = await runSandbox();
    const token = await tokenFor(await issueServiceCredentials(origin));

    expect((await fetch(`${origin}/aem/x`)).status).toBe(401);
    for (const dead of ['nonsense', tampered(token)]) {
      expect(await answerOf(await aem(origin, dead))).toEqual({ status: 401, body: GATEWAY_REFUSAL });
    }
  });

  it('refuses a token of another sandbox', async () => {
    const [one, other] = [await runSandbox(), await runSandbox()];
    const token = await tokenFor(await issueServiceCredentials(one.origin));

    expect((await aem(other.origin, token)).status).toBe(401);
  });

  it('refuses a token from the millisecond of its expiry', async () => {
    let nowMs = Date.parse('2026-03-01T12:00:00Z');
    const { origin } = await runSandbox({ now: () => nowMs });
    const token = await tokenFor(await issueServiceCredentials(origin), nowMs);

    nowMs += DAY_MS - 1;
    expect((await aem(origin, token)).status).toBe(200);
    nowMs += 1;
    expect((await aem(origin, token)).status).toBe(401);
  });
});

describe('the lifetime of new tokens', () => {
  it('follows the settings, in the unit of each endpoint', async () => {
    const { origin } = await runSandbox();
    const [jwt, oauth] = [await issueServiceCredentials(origin), await issueOAuth(origin)];

    const changed = await control(origin, 'PUT', 'settings', { tokenLifetimeSeconds: 12.5 });

    expect(changed.status).toBe(204);
    expect(claimsOf(await tokenFor(jwt))['expires_in']).toBe('12500');
    const { body } = await post(`${origin}/ims/token/v3`, grantParameters(oauth));
    expect(body['expires_in']).toBe(12);
  });

  it.each([0, -1, 'a day', null])('cannot be set to %j', async (tokenLifetimeSeconds) => {
    const { origin } = await runSandbox();

    const answer = await answerOf(await control(origin, 'PUT', 'settings', { tokenLifetimeSeconds }));

    expect(answer.status).toBe(400);
    expect(answer.body['error_description']).toMatch(/^tokenLifetimeSeconds: must be/);
  });
});

describe('a local development token', () => {
  it('is a valid token of a person, alone in its document', async () => {
    const { origin } = await runSandbox();
    await control(origin, 'PUT', 'settings', { tokenLifetimeSeconds: 60 });

    const document = await issueLocalToken(origin);

    expect(Object.keys(document)).toEqual(['accessToken']);
    expect(claimsOf(document.accessToken)).toMatchObject({
      user_id: expect.stringMatching(/@AdobeID$/),
      expires_in: '60000',
    });
    expect((await aem(origin, document.accessToken)).status).toBe(200);
  });

  it('is refused for a technical account', async () => {
    const { origin } = await runSandbox();
    const { CLIENT_ID: clientId } = await issueOAuth(origin);

    const answer = await answerOf(await control(origin, 'POST', 'credentials', { kind: 'local', clientId }));

    expect(answer.status).toBe(400);
    expect(answer.body['error_description']).toMatch(/^clientId: /);
  });
});

describe('validate_token', () => {
  it('reads the token from the header, a form, a multipart body or the query', async () => {
    const { origin } = await runSandbox();
    const token = await tokenFor(await issueServiceCredentials(origin));
    const url = `${origin}/ims/validate_token/v1`;
    const client = { type: 'access_token', client_id: 'exc_app' };
    const headers = { authorization: `Bearer ${token}` };
    const inForm = { ...client, token };

    const answers = await Promise.all([
      fetch(url, { method: 'POST', headers, body: new URLSearchParams(client) }),
      fetch(url, { method: 'POST', headers, body: multipart(client) }),
      fetch(url, { method: 'POST', body: new URLSearchParams(inForm) }),
      fetch(`${url}?${new URLSearchParams(client).toString()}`, { headers }),
      fetch(`${url}?${new URLSearchParams(inForm).toString()}`),
    ]);

    for (const answer of answers) {
      expect(await answerOf(answer)).toEqual({ status: 200, body: { valid: true, token: claimsOf(token) } });
    }
  });

  it('answers 200 with the reason for an invalid token', async () => {
    let nowMs = Date.parse('2026-03-01T12:00:00Z');
    const { origin } = await runSandbox({ now: () => nowMs });
    const token = await tokenFor(await issueServiceCredentials(origin), nowMs);
    const validate = (text: string) => post(`${origin}/ims/validate_token/v1`, { token: text });

    expect(await validate(tampered(token))).toEqual({
      status: 200,
      body: { valid: false, reason: 'bad_signature' },
    });
    nowMs += DAY_MS;
    expect(await validate(token)).toEqual({ status: 200, body: { valid: false, reason: 'expired' } });
  });

  it('refuses a request without a token, or with another token type', async () => {
    const { origin } = await runSandbox();
    const url = `${origin}/ims/validate_token/v1`;

    for (const parameters of [{}, { token: 'x', type: 'refresh_token' }]) {
      expect(await post(url, parameters)).toMatchObject({ status: 400, body: { error: 'bad_request' } });
    }
  });
});

describe('revoking a token', () => {
  it('answers an empty 200 at invalidate_token, also when repeated', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);
    const { clientId, clientSecret } = document.integration.technicalAccount;
    const [token, other] = [await tokenFor(document), await tokenFor(document)];
    const invalidate = () =>
      fetch(`${origin}/ims/invalidate_token/v2`, {
        method: 'POST',
        body: new URLSearchParams({
          token_type: 'access_token',
          token,
          client_id: clientId,
          client_secret: clientSecret,
          cascading: 'all',
        }),
      });

    for (const response of [await invalidate(), await invalidate()]) {
      expect(response.status).toBe(200);
      expect(await response.text()).toBe('');
    }
    expect((await aem(origin, token)).status).toBe(401);
    expect((await aem(origin, other)).status).toBe(200);
    const { body } = await post(`${origin}/ims/validate_token/v1`, { token });
    expect(body).toEqual({ valid: false, reason: 'invalidated' });
  });

  it('works at revoke, with a Basic header or a client id', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);
    const { clientId, clientSecret } = document.integration.technicalAccount;
    const [one, two] = [await tokenFor(document), await tokenFor(document)];
    const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
    const url = `${origin}/ims/revoke`;

    const basic = await fetch(url, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams({ token: one }),
    });
    const byId = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ token: two, client_id: clientId }),
    });

    expect([basic.status, byId.status]).toEqual([200, 200]);
    expect(await basic.text()).toBe('');
    expect([(await aem(origin, one)).status, (await aem(origin, two)).status]).toEqual([401, 401]);
  });

  it('is refused for an unknown client, a wrong secret or a missing token', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);
    const { clientId } = document.integration.technicalAccount;
    const token = await tokenFor(document);
    const url = `${origin}/ims/invalidate_token/v2`;

    const refused = [
      await post(url, { token, client_id: 'nobody' }),
      await post(url, { token, client_id: clientId, client_secret: 'guess' }),
      await post(url, { client_id: clientId }),
      await post(url, { token, client_id: clientId, token_type: 'refresh_token' }),
    ];

    expect(refused.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect((await aem(origin, token)).status).toBe(200);
  });

  it('does not affect a token of another client', async () => {
    const { origin } = await runSandbox();
    const token = await tokenFor(await issueServiceCredentials(origin));
    const { CLIENT_ID: stranger } = await issueOAuth(origin);

    await fetch(`${origin}/ims/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id: stranger }),
    });

    expect((await aem(origin, token)).status).toBe(200);
  });
});

describe('the published keys', () => {
  it('are listed in the discovery document and verify a token', async () => {
    const { origin } = await runSandbox();
    const token = await tokenFor(await issueServiceCredentials(origin));

    const response = await fetch(`${origin}/ims/.well-known/openid-configuration`);
    const discovery = (await response.json()) as { issuer: string; jwks_uri: string; token_endpoint: string };

    expect(discovery).toMatchObject({ issuer: origin, token_endpoint: `${origin}/ims/token/v3` });
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(discovery.jwks_uri)));
    expect(payload['type']).toBe('access_token');
  });
});
