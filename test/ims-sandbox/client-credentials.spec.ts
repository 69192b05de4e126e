import { describe, expect, it } from 'vitest';
import { control, issueOAuth, issueServiceCredentials } from './support/control.ts';
import { answerOf, claimsOf, exchange, grantParameters, multipart, post } from './support/ims-client.ts';
import { runSandbox } from './support/running-sandbox.ts';

describe('the client_credentials grant', () => {
  it.each(['v1', 'v2', 'v3', 'v4'])(
    'answers at /ims/token/%s, with expires_in in seconds',
    async (version) => {
      const { origin } = await runSandbox();
      const document = await issueOAuth(origin);

      const { status, body } = await post(`${origin}/ims/token/${version}`, grantParameters(document));

      expect(status).toBe(200);
      expect(body).toMatchObject({ token_type: 'bearer', expires_in: 86_399 });
      expect(claimsOf(String(body['access_token']))).toMatchObject({
        client_id: document.CLIENT_ID,
        user_id: document.TECHNICAL_ACCOUNT_ID,
        scope: document.SCOPES.join(','),
        expires_in: '86400000',
      });
    },
  );

  it('reads parameters from the query and from a multipart body', async () => {
    const { origin } = await runSandbox();
    const parameters = grantParameters(await issueOAuth(origin));
    const url = `${origin}/ims/token/v3`;

    const query = await fetch(`${url}?${new URLSearchParams(parameters).toString()}`, { method: 'POST' });
    const parts = await fetch(url, { method: 'POST', body: multipart(parameters) });

    expect([query.status, parts.status]).toEqual([200, 200]);
  });

  it('reads the client from a Basic header', async () => {
    const { origin } = await runSandbox();
    const { client_id: id, client_secret: secret, ...rest } = grantParameters(await issueOAuth(origin));
    const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

    const answer = await fetch(`${origin}/ims/token/v3`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(rest),
    });

    expect(answer.status).toBe(200);
  });

  it('accepts scopes separated by commas or spaces, and grants only the requested ones', async () => {
    const { origin } = await runSandbox();
    const document = await issueOAuth(origin, { scopes: ['openid', 'AdobeID', 'aem.folders'] });

    const { body } = await post(`${origin}/ims/token/v3`, {
      ...grantParameters(document),
      scope: 'AdobeID, openid',
    });

    expect(claimsOf(String(body['access_token']))['scope']).toBe('AdobeID,openid');
  });

  it('refuses a missing scope, and one that the client does not have', async () => {
    const { origin } = await runSandbox();
    const parameters = grantParameters(await issueOAuth(origin));

    for (const scope of ['', ',', 'openid,admin']) {
      const answer = await post(`${origin}/ims/token/v3`, { ...parameters, scope });
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    }
  });

  it('refuses an unknown client and a wrong or missing secret with the bodies observed at IMS', async () => {
    const { origin } = await runSandbox();
    const parameters = grantParameters(await issueOAuth(origin));
    const url = `${origin}/ims/token/v4`;
    const badSecret = {
      status: 400,
      body: { error: 'invalid_client', error_description: 'invalid client_secret parameter' },
    };

    expect(await post(url, { ...parameters, client_id: 'nobody' })).toEqual({
      status: 400,
      body: { error: 'invalid_client', error_description: 'invalid client_id parameter' },
    });
    expect(await post(url, { ...parameters, client_secret: 'guess' })).toEqual(badSecret);
    expect(await post(url, { ...parameters, client_secret: '' })).toEqual(badSecret);
  });

  it.each(['', 'authorization_code', 'password'])('refuses the grant type "%s"', async (grantType) => {
    const { origin } = await runSandbox();
    const parameters = { ...grantParameters(await issueOAuth(origin)), grant_type: grantType };

    const answer = await post(`${origin}/ims/token/v3`, parameters);

    expect(answer).toMatchObject({ status: 400, body: { error: 'unsupported_grant_type' } });
  });

  it('refuses a client that is not provisioned for it, without a description', async () => {
    const { origin } = await runSandbox();
    const { technicalAccount } = (await issueServiceCredentials(origin)).integration;

    const answer = await post(`${origin}/ims/token/v3`, {
      grant_type: 'client_credentials',
      client_id: technicalAccount.clientId,
      client_secret: technicalAccount.clientSecret,
      scope: 'openid',
    });

    expect(answer).toEqual({ status: 400, body: { error: 'unauthorized_client' } });
  });

  it('ignores a JSON body, which IMS does not read', async () => {
    const { origin } = await runSandbox();
    const parameters = grantParameters(await issueOAuth(origin));

    const response = await fetch(`${origin}/ims/token/v3`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(parameters),
    });

    expect((await answerOf(response)).status).toBe(400);
  });
});

describe('client secrets', () => {
  it('are both valid until one is revoked, and the document lists the newest first', async () => {
    const { origin } = await runSandbox();
    const first = await issueOAuth(origin);
    const second = await issueOAuth(origin, { clientId: first.CLIENT_ID });
    const [newest, oldest] = second.CLIENT_SECRETS;
    const url = `${origin}/ims/token/v3`;
    const withSecret = (secret = ''): Record<string, string> => ({
      ...grantParameters(second),
      client_secret: secret,
    });

    expect(oldest).toBe(first.CLIENT_SECRETS[0]);
    expect((await post(url, withSecret(newest))).status).toBe(200);
    expect((await post(url, withSecret(oldest))).status).toBe(200);

    const revoked = await control(origin, 'DELETE', `credentials/${first.CLIENT_ID}?secret=${oldest}`);

    expect(revoked.status).toBe(204);
    expect((await post(url, withSecret(newest))).status).toBe(200);
    expect((await post(url, withSecret(oldest))).status).toBe(400);
  });

  it('are limited to two, as at Adobe', async () => {
    const { origin } = await runSandbox();
    const { CLIENT_ID: clientId } = await issueOAuth(origin);
    await issueOAuth(origin, { clientId });

    const third = await answerOf(await control(origin, 'POST', 'credentials', { kind: 'oauth', clientId }));

    expect(third).toMatchObject({ status: 409, body: { error: 'conflict' } });
    expect(third.body['error_description']).toContain('DELETE /sandbox/credentials/');
  });
});

describe('a migration from JWT to OAuth', () => {
  it('keeps client id and technical account, and both grants work', async () => {
    const { origin } = await runSandbox();
    const jwt = await issueServiceCredentials(origin);
    const oauth = await issueOAuth(origin, { clientId: jwt.integration.technicalAccount.clientId });

    expect(oauth.TECHNICAL_ACCOUNT_ID).toBe(jwt.integration.id);
    expect(oauth.ORG_ID).toBe(jwt.integration.org);
    expect((await exchange(jwt)).status).toBe(200);
    expect((await post(`${origin}/ims/token/v3`, grantParameters(oauth))).status).toBe(200);
  });
});
