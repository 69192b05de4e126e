import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';

import { instant } from '#libs/tokens';

import { jwtCredential, oauthCredential } from '../../../../test/support/adobe-ims/credentials.ts';
import { AMPLE, client, failureOf } from '../../../../test/support/adobe-ims/failure.ts';
import { dateHeader, dayToken, json, serve } from '../../../../test/support/adobe-ims/server.ts';

const expired = { error_description: 'The JWT token has expired.', error: 'invalid_token' };
const jtiRefused = { error: 'invalid_jti' };

describe('exchangeAssertion after IMS refused an assertion as expired', () => {
  it.each([
    ['as expired', expired],
    ['without a description', { error: 'invalid_token' }],
    ['for its time claims', { error: 'bad_request', error_description: 'sub/iss/exp/jti malformed' }],
  ])("signs again with IMS's time when this machine's clock is behind: refused %s", async (_, refusal) => {
    const { origin, received } = await serve(json(400, refusal, dateHeader(590)), dayToken);
    await client.exchange(jwtCredential(origin), AMPLE);
    const [first, second] = received.map(({ form }) => decodeJwt(form.get('jwt_token') ?? '').exp ?? 0);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(580);
  });

  it.each([3_600, 7_200, 31_536_000])(
    'does not sign with a Date that is %i seconds ahead, and says that the Date may be false',
    async (ahead) => {
      const { origin, received } = await serve(json(400, expired, dateHeader(ahead)));
      const failure = await failureOf(jwtCredential(origin));
      expect(failure).toMatchObject({ code: 'ims_assertion_expired', retryable: false });
      expect(failure.diagnosis).toMatch(/corrects 10 minutes at most: set the clock right \(NTP\)/);
      expect(received).toHaveLength(1);
    },
  );

  it('fails and states the skew when IMS refuses the second one too', async () => {
    const { origin, received } = await serve(json(400, expired, dateHeader(540)));
    const failure = await failureOf(jwtCredential(origin));
    expect(failure).toMatchObject({ code: 'ims_assertion_expired', retryable: false });
    expect(failure.diagnosis).toMatch(/5[34]\d seconds behind IMS's/);
    expect(received).toHaveLength(2);
  });

  it('does not sign again when the clocks agree', async () => {
    const { origin, received } = await serve(json(400, expired, dateHeader(0)));
    expect((await failureOf(jwtCredential(origin))).code).toBe('ims_assertion_expired');
    expect(received).toHaveLength(1);
  });
});

describe('exchangeAssertion after IMS refused an assertion for its jti', () => {
  it('signs again with a fresh integer', async () => {
    const { origin, received } = await serve(json(400, jtiRefused), dayToken);
    await client.exchange(jwtCredential(origin), AMPLE);
    const jtis: unknown[] = received.map(({ form }) => decodeJwt(form.get('jwt_token') ?? '')['jti']);
    expect(jtis[0]).toBeUndefined();
    expect(Number.isSafeInteger(jtis[1])).toBe(true);
  });

  it('fails when IMS refuses the second one too', async () => {
    const { origin, received } = await serve(json(400, jtiRefused));
    expect((await failureOf(jwtCredential(origin))).code).toBe('ims_assertion_replayed');
    expect(received).toHaveLength(2);
  });
});

describe('exchangeAssertion after a bare invalid_token', () => {
  it('reports a certificate that is out of its dates', async () => {
    const { origin } = await serve(json(400, { error: 'invalid_token', error_description: ' ' }));
    const { certificate } = jwtCredential(origin);
    const old = { ...certificate, notAfter: instant(Date.now() - 1) };
    expect((await failureOf(jwtCredential(origin, { certificate: old }))).code).toBe(
      'ims_certificate_expired',
    );
  });

  it('otherwise reports an invalid assertion', async () => {
    const { origin } = await serve(json(400, { error: 'invalid_token' }));
    expect((await failureOf(jwtCredential(origin))).code).toBe('ims_assertion_invalid');
  });
});

describe('exchangeClientSecret after a refusal', () => {
  it('fails only after it tried every client secret', async () => {
    const refusal = { error: 'invalid_client', error_description: 'invalid client_secret parameter' };
    const { origin, received } = await serve(json(401, refusal, { 'x-debug-id': 'dbg-1' }));
    expect(await failureOf(oauthCredential(origin))).toMatchObject({
      code: 'ims_invalid_client_secret',
      retryable: false,
      debugId: 'dbg-1',
    });
    expect(received).toHaveLength(2);
  });

  it.each([
    ['invalid client_id parameter', 'invalid_client', 'ims_invalid_client_id'],
    ['', 'unauthorized_client', 'ims_unauthorized_client'],
    ['invalid scope parameter', 'invalid_scope', 'ims_invalid_scope'],
    ['Access is denied', 'access_denied', 'ims_refused'],
  ])('tries no other secret after: %s %s', async (description, error, code) => {
    const { origin, received } = await serve(json(400, { error_description: description, error }));
    const failure = await failureOf(oauthCredential(origin));
    expect(failure.code).toBe(code);
    expect(failure.diagnosis).toContain(`IMS said (HTTP 400): ${error}`);
    expect(received).toHaveLength(1);
  });
});

it('an exchange reports an audience of another IMS as a wrong client', async () => {
  const error_description = 'The aud field in the JWT points to a different IMS environment';
  const { origin } = await serve(json(400, { error: 'invalid_client', error_description }));
  expect((await failureOf(jwtCredential(origin))).code).toBe('ims_invalid_client');
});

it('an exchange treats an error with status 200 as a refusal', async () => {
  const { origin } = await serve(json(200, { error: 'invalid_scope' }));
  expect((await failureOf(jwtCredential(origin))).code).toBe('ims_invalid_scope');
});

it('an exchange reports a refusal without an error code as ims_refused', async () => {
  const { origin } = await serve(json(403, { message: 'Api Key is required' }));
  expect((await failureOf(jwtCredential(origin))).code).toBe('ims_refused');
});
