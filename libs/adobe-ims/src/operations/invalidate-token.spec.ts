import { inspect } from 'node:util';

import { expect, it } from 'vitest';

import { AdobeImsClient } from '#libs/adobe-ims';
import { AccessToken, ExchangeFailure, instant, later, millis, Secret, SystemClock } from '#libs/tokens';

import { issueServiceCredentials } from '../../../../test/ims-sandbox/support/control.ts';
import { runSandbox } from '../../../../test/ims-sandbox/support/running-sandbox.ts';
import {
  fromServiceCredentials,
  jwtCredential,
  oauthCredential,
} from '../../../../test/support/adobe-ims/credentials.ts';
import { json, raw, serve, type ReceivedRequest } from '../../../../test/support/adobe-ims/server.ts';

const AMPLE = millis(30_000);
const client = new AdobeImsClient({ clock: new SystemClock() });
const claims = (clientId: string): string =>
  Buffer.from(JSON.stringify({ client_id: clientId })).toString('base64url');
const tokenOf = (value: string): AccessToken => {
  const now = instant(Date.now());
  return new AccessToken(value, now, later(now, millis(86_400_000)));
};
const LEAKED = tokenOf('eyJhbGciOiJub25lIn0.opaque-leaked-token-Zq9.c2lnbmF0dXJl');

async function failureOf(work: Promise<unknown>): Promise<ExchangeFailure> {
  const outcome = await work.catch((error: unknown) => error);
  if (!(outcome instanceof ExchangeFailure)) throw new Error('Not an ExchangeFailure.', { cause: outcome });
  return outcome;
}

it('invalidate posts the form that IMS takes, for one token, and accepts an empty response', async () => {
  const { origin, received } = await serve(raw(200, ''));
  await client.invalidate(jwtCredential(origin), LEAKED, AMPLE);
  expect(received.map(({ url }) => url)).toEqual(['/ims/invalidate_token/v2']);
  const credential = jwtCredential(origin);
  expect(Object.fromEntries(received[0]?.form ?? [])).toEqual({
    token_type: 'access_token',
    token: LEAKED.reveal(),
    client_id: credential.clientId,
    client_secret: credential.clientSecret.reveal(),
  });
});

it('invalidate tries each of two client secrets', async () => {
  const refusal = json(401, { error: 'invalid_client', error_description: 'invalid client_secret' });
  const { origin, received } = await serve(refusal, raw(200, ''));
  const clientSecrets = [new Secret('first-secret'), new Secret('second-secret')];
  await client.invalidate(oauthCredential(origin, { clientSecrets }), LEAKED, AMPLE);
  expect(received.map(({ form }) => form.get('client_secret'))).toEqual(['first-secret', 'second-secret']);
});

it.each([
  ['HTML', raw(200, '<html>welcome</html>'), 'ims_answer_unreadable'],
  ['an empty refusal', raw(400, ''), 'ims_answer_unreadable'],
  ['a refusal', json(400, { error: 'invalid_client' }), 'ims_invalid_client'],
  ['a refusal dressed as success', json(200, { error: 'whatever' }), 'ims_refused'],
  ['a redirect', raw(302, '', { location: 'https://elsewhere.example/' }), 'ims_redirected'],
])('invalidate treats %s as a failure', async (_what, reply, code) => {
  const { origin } = await serve(reply);
  expect(await failureOf(client.invalidate(jwtCredential(origin), LEAKED, AMPLE))).toMatchObject({ code });
});

it('invalidate sends no request for a token of another client, which IMS would confirm without revoking', async () => {
  const { origin, received } = await serve(raw(200, ''));
  const other = tokenOf(`eyJhbGciOiJub25lIn0.${claims('another-client')}.`);
  const failure = await failureOf(client.invalidate(jwtCredential(origin), other, AMPLE));
  expect(failure).toMatchObject({ code: 'ims_invalid_client', retryable: false });
  expect(received).toEqual([]);
});

it.each<[string, (request: ReceivedRequest) => ReturnType<typeof raw>]>([
  ['in a description', ({ body }) => json(400, { error: 'x', error_description: body })],
  ['decoded', ({ form }) => json(400, { error: 'x', error_description: form.get('token') })],
  ['as the error code', ({ form }) => json(400, { error: form.get('token') })],
  ['as HTML', ({ body }) => raw(200, `<html>${body}`)],
  ['as the debug id', ({ form }) => raw(500, '', { 'x-debug-id': form.get('token') ?? '' })],
])('invalidate repeats no token in a failure when IMS returns it %s', async (_where, echo) => {
  const { origin } = await serve((response, request) => echo(request)(response, request));
  const failure = await failureOf(client.invalidate(jwtCredential(origin), LEAKED, AMPLE));
  const printed = `${inspect(failure, { depth: Infinity, showHidden: true })} ${JSON.stringify(failure)}`;
  expect(printed).not.toContain('opaque-leaked');
  expect(printed).not.toContain(LEAKED.reveal().slice(0, 16));
});

it('invalidate makes AEM refuse the token', async () => {
  const { origin } = await runSandbox();
  const credential = fromServiceCredentials(await issueServiceCredentials(origin));
  const { token } = await client.exchange(credential, AMPLE);
  const atAem = async () =>
    (await fetch(`${origin}/aem/content`, { headers: { authorization: `Bearer ${token.reveal()}` } })).status;
  expect(await atAem()).toBe(200);
  await client.invalidate(credential, token, AMPLE);
  expect(await atAem()).toBe(401);
});
