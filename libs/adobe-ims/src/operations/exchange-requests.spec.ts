import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';

import { AdobeImsClient } from '#libs/adobe-ims';
import { later, millis } from '#libs/tokens';

import { ManualClock } from '../../../../test/fakes/manual-clock.ts';
import { jwtCredential, oauthCredential } from '../../../../test/support/adobe-ims/credentials.ts';
import { AMPLE, client } from '../../../../test/support/adobe-ims/failure.ts';
import { dayToken, json, serve } from '../../../../test/support/adobe-ims/server.ts';

describe('the JWT exchange', () => {
  it('posts client id, secret and assertion as a form', async () => {
    const { origin, received } = await serve(dayToken);
    const credential = jwtCredential(origin);
    await client.exchange(credential, AMPLE);
    const [request] = received;
    expect(request?.url).toBe('/ims/exchange/jwt');
    expect(request?.headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/x-www-form-urlencoded/) as string,
      'cache-control': 'no-cache',
      'user-agent': 'ims-token-service',
    });
    expect([...(request?.form.keys() ?? [])]).toEqual(['client_id', 'client_secret', 'jwt_token']);
    expect(request?.form.get('client_secret')).toBe(credential.clientSecret.reveal());
    expect(decodeJwt(request?.form.get('jwt_token') ?? '').aud).toBe(`${origin}/c/${credential.clientId}`);
  });

  it('counts the lifetime in milliseconds from the time of the request', async () => {
    const clock = new ManualClock();
    const { origin } = await serve(dayToken);
    const { token } = await new AdobeImsClient({ clock }).exchange(jwtCredential(origin), AMPLE);
    expect(token.issuedAt).toBe(clock.now());
    expect(token.expiresAt).toBe(later(clock.now(), millis(86_399_999)));
  });
});

describe('the client_credentials exchange', () => {
  const token = { access_token: 'eyJ.oauth.token', token_type: 'Bearer', expires_in: '3599' };

  it('posts id, secret and comma-joined scopes as a form', async () => {
    const { origin, received } = await serve(json(200, token));
    await client.exchange(oauthCredential(origin), AMPLE);
    expect(received[0]?.url).toBe('/ims/token/v3');
    expect(Object.fromEntries(received[0]?.form ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'c0ffee00c0ffee00',
      client_secret: 'p8e-F1rst/0Auth+Xk3',
      scope: 'AdobeID,openid',
    });
  });

  it('counts the lifetime in seconds', async () => {
    const { origin } = await serve(json(200, token));
    const exchange = await client.exchange(oauthCredential(origin), AMPLE);
    expect(exchange.token.life).toBe(3_599_000);
  });

  it('tries the secret first that IMS accepted last', async () => {
    const refused = json(401, {
      error: 'invalid_client',
      error_description: 'invalid client_secret parameter',
    });
    const { origin, received } = await serve(refused, json(200, token));
    const credential = oauthCredential(origin);
    await client.exchange(credential, AMPLE);
    await client.exchange(credential, AMPLE);
    const [first, second] = credential.clientSecrets.map((secret) => secret.reveal());
    expect(received.map(({ form }) => form.get('client_secret'))).toEqual([first, second, second]);
  });

  it.each([400, 401])('tries the next secret after IMS refused the first with HTTP %d', async (status) => {
    const refusal = { error: 'invalid_client', error_description: 'invalid client_secret parameter' };
    const { origin, received } = await serve(json(status, refusal), json(200, token));
    await client.exchange(oauthCredential(origin), AMPLE);
    expect(received.map(({ form }) => form.get('client_secret'))).toEqual([
      'p8e-F1rst/0Auth+Xk3',
      'p8e-S3cond/0Auth+Wm7',
    ]);
  });
});
