import { generateKeyPairSync } from 'node:crypto';
import { CompactSign, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { control, issueOAuth, issueServiceCredentials, type ServiceCredentials } from './support/control.ts';
import { claimsFor, exchange, exchangeParameters, post, signed } from './support/ims-client.ts';
import { runSandbox } from './support/running-sandbox.ts';

const NO_MATCH = {
  error_description: 'Could not match JWT signature to any of the bindings',
  error: 'invalid_token',
};
const UNDECODABLE = {
  error_description: 'JWT token is incorrectly formatted, and can not be decoded.',
  error: 'invalid_token',
};

async function credential(): Promise<{ origin: string; document: ServiceCredentials }> {
  const { origin } = await runSandbox();
  return { origin, document: await issueServiceCredentials(origin) };
}

describe('the JWT exchange refuses', () => {
  it('an unknown or missing client id', async () => {
    const { origin, document } = await credential();
    const { client_id: _left_out, ...rest } = await exchangeParameters(document);
    const refused = {
      status: 400,
      body: { error: 'invalid_client', error_description: 'invalid client_id parameter' },
    };

    expect(await exchange(document, {}, { client_id: 'nobody' })).toEqual(refused);
    expect(await post(`${origin}/ims/exchange/jwt`, rest)).toEqual(refused);
  });

  it('a wrong client secret with 401, and a missing one with 400', async () => {
    const { document } = await credential();

    const wrong = await exchange(document, {}, { client_secret: 'guess' });
    const missing = await exchange(document, {}, { client_secret: '' });

    expect(wrong).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(missing).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
  });

  it('a client that has OAuth Server-to-Server only', async () => {
    const { origin, document } = await credential();
    const oauth = await issueOAuth(origin);
    const parameters = {
      ...(await exchangeParameters(document)),
      client_id: oauth.CLIENT_ID,
      client_secret: oauth.CLIENT_SECRETS[0] ?? '',
    };

    const answer = await post(`${origin}/ims/exchange/jwt`, parameters);

    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('a missing assertion', async () => {
    const { document } = await credential();

    const answer = await exchange(document, {}, { jwt_token: '' });

    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_token' } });
  });

  it.each(['nonsense', 'a.b.c', 'eyJhbGciOiJSUzI1NiJ9.W10.x', '..'])(
    'text that is not a JWT: %s',
    async (jwt) => {
      const { document } = await credential();

      expect(await exchange(document, {}, { jwt_token: jwt })).toEqual({ status: 400, body: UNDECODABLE });
    },
  );

  it.each([
    ['a date as exp', { exp: '2026-01-01T00:00:00Z' }],
    ['a fractional exp', { exp: Date.now() / 1000 + 300.5 }],
    ['a string as jti', { jti: 'abc' }],
    ['a fractional jti', { jti: 1.5 }],
  ])('%s', async (_what, claims) => {
    const { document } = await credential();

    expect(await exchange(document, claims)).toEqual({ status: 400, body: UNDECODABLE });
  });

  it.each([
    ['no exp', { exp: undefined }],
    ['no iss', { iss: undefined }],
    ['an iss that is no identity', { iss: 'acme' }],
    ['a number as sub', { sub: 7 }],
  ])('%s', async (_what, claims) => {
    const { document } = await credential();

    expect(await exchange(document, claims)).toMatchObject({ status: 400, body: { error: 'bad_request' } });
  });

  it.each([
    ['another host', (aud: string) => aud.replace('127.0.0.1', 'ims.example')],
    ['https for http', (aud: string) => aud.replace('http:', 'https:')],
    ['another client', (aud: string) => `${aud}x`],
    ['a list', (aud: string) => [aud]],
    ['nothing', () => undefined],
  ])('an aud that names %s', async (_what, change) => {
    const { document } = await credential();
    const aud = change(String(claimsFor(document)['aud']));

    expect(await exchange(document, { aud })).toMatchObject({
      status: 400,
      body: { error: 'invalid_client' },
    });
  });

  it('a key that belongs to no certificate of the account', async () => {
    const { origin, document } = await credential();
    const other = await issueServiceCredentials(origin);
    const jwt = await signed(claimsFor(document), other.integration.privateKey);

    expect(await exchange(document, {}, { jwt_token: jwt })).toEqual({ status: 400, body: NO_MATCH });
  });

  it('an expired certificate, with the same body as a wrong key', async () => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin, { certificateDays: 0 });

    expect(await exchange(document)).toEqual({ status: 400, body: NO_MATCH });
  });

  it.each([
    ['another organisation', { iss: 'FFFF@AdobeOrg' }],
    ['another technical account', { sub: 'FFFF@techacct.adobe.com' }],
  ])('%s than that of the key', async (_what, claims) => {
    const { document } = await credential();

    expect(await exchange(document, claims)).toEqual({ status: 400, body: NO_MATCH });
  });

  it('the technical account’s e-mail in place of its id', async () => {
    const { document } = await credential();

    const answer = await exchange(document, { sub: document.integration.email });

    expect(answer).toEqual({ status: 400, body: NO_MATCH });
  });

  it.each(['RS384', 'RS512', 'PS256'])('the algorithm %s', async (alg) => {
    const { document } = await credential();
    const jwt = await signed(claimsFor(document), document.integration.privateKey, alg);

    const answer = await exchange(document, {}, { jwt_token: jwt });

    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_signature' } });
  });

  it('a missing signature, and the public key used as a shared secret', async () => {
    const { document } = await credential();
    const unsigned = new UnsecuredJWT(claimsFor(document)).encode();
    const shared = await new CompactSign(Buffer.from(JSON.stringify(claimsFor(document))))
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(document.integration.publicKey));

    for (const jwt of [unsigned, shared]) {
      const answer = await exchange(document, {}, { jwt_token: jwt });
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_signature' } });
    }
  });

  it('a header that claims RS256 over a signature of another kind', async () => {
    const { document } = await credential();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwt = await new CompactSign(Buffer.from(JSON.stringify(claimsFor(document))))
      .setProtectedHeader({ alg: 'RS256' })
      .sign(privateKey);

    expect(await exchange(document, {}, { jwt_token: jwt })).toEqual({ status: 400, body: NO_MATCH });
  });

  it('an assertion without metascopes, or with those of another IMS, or not set to true', async () => {
    const { origin, document } = await credential();
    const none = { [`${origin}/s/ent_aem_cloud_api`]: undefined };

    const answers = [
      await exchange(document, none),
      await exchange(document, { ...none, 'https://ims-na1.adobelogin.com/s/ent_aem_cloud_api': true }),
      await exchange(document, { [`${origin}/s/ent_aem_cloud_api`]: 'true' }),
    ];

    for (const answer of answers)
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  it('a metascope that the binding does not have', async () => {
    const { origin, document } = await credential();

    expect(await exchange(document, { [`${origin}/s/ent_user_sdk`]: true })).toEqual({
      status: 400,
      body: {
        error_description: 'The metascopes in the JWT are not a subset of the metascopes in the binding.',
        error: 'invalid_scope',
      },
    });
  });

  it('a metascope list with spaces', async () => {
    const { origin, document } = await credential();

    const answer = await exchange(document, { [`${origin}/s/ ent_aem_cloud_api`]: true });

    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  it('a jti that was used before', async () => {
    const { document } = await credential();
    await exchange(document, { jti: 42 });

    const replayed = await exchange(document, { jti: 42 });

    expect(replayed).toMatchObject({ status: 400, body: { error: 'invalid_jti' } });
  });

  it('every request of a deleted account', async () => {
    const { origin, document } = await credential();
    await control(origin, 'DELETE', `credentials/${document.integration.technicalAccount.clientId}`);

    expect(await exchange(document)).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
  });
});

describe('the expiry of an assertion', () => {
  const nowMs = Date.parse('2026-03-01T12:00:00Z');
  const nowSeconds = nowMs / 1000;

  it.each([
    ['is accepted 29 seconds ago, within IMS’s clock skew', -29, 200],
    ['is refused 30 seconds ago, outside the clock skew', -30, 400],
    ['is accepted in a minute', 60, 200],
  ])('%s', async (_what, offset, status) => {
    const { origin } = await runSandbox({ now: () => nowMs });
    const document = await issueServiceCredentials(origin);

    expect(await exchange(document, { exp: nowSeconds + offset })).toMatchObject({ status });
  });

  it('is refused with invalid_token', async () => {
    const { origin } = await runSandbox({ now: () => nowMs });
    const document = await issueServiceCredentials(origin);

    const answer = await exchange(document, { exp: nowSeconds - 3600 });

    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_token' } });
    expect(answer.body).not.toEqual(NO_MATCH);
  });
});
