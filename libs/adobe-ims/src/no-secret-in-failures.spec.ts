import { inspect } from 'node:util';
import { expect, it } from 'vitest';

import type { ExchangeableCredential, ExchangeFailure } from '#libs/tokens';

import { jwtCredential, oauthCredential } from '../../../test/support/adobe-ims/credentials.ts';
import { failureOf } from '../../../test/support/adobe-ims/failure.ts';
import { json, raw, serve, type ReceivedRequest } from '../../../test/support/adobe-ims/server.ts';

const SECRETS = ['p8e-J7wt+s3cret/Zq9', 'p8e-F1rst/0Auth+Xk3', 'p8e-S3cond/0Auth+Wm7'];

function printed(failure: ExchangeFailure): string {
  return [
    inspect(failure, { depth: Infinity, showHidden: true, maxStringLength: Infinity }),
    JSON.stringify(failure),
    String(failure),
  ].join('\n');
}

/** All secrets of an exchange, and fragments of them. */
function confidential(credential: ExchangeableCredential, received: readonly ReceivedRequest[]): string[] {
  const assertions = received.flatMap(({ form }) => form.get('jwt_token') ?? []);
  const key =
    credential.kind === 'jwt'
      ? credential.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString().split('\n')[3]
      : undefined;
  return [
    ...SECRETS,
    ...SECRETS.map((secret) => encodeURIComponent(secret)),
    ...SECRETS.map((secret) => secret.slice(3, 13)),
    ...assertions.flatMap((assertion) => [
      assertion,
      ...assertion.split('.').map((part) => part.slice(0, 20)),
    ]),
    ...(key === undefined ? [] : [key]),
  ];
}

const assertionOf = ({ form }: ReceivedRequest): string =>
  form.get('jwt_token') ?? form.get('client_secret') ?? '';

it.each<[string, (request: ReceivedRequest) => ReturnType<typeof raw>]>([
  ['in a description', ({ body }) => json(400, { error: 'invalid_token', error_description: body })],
  ['decoded', ({ body }) => json(400, { error: 'x', error_description: decodeURIComponent(body) })],
  [
    'behind other words',
    (r) => json(400, { error: 'x', error_description: `${'y '.repeat(95)}${assertionOf(r)}` }),
  ],
  ['in pieces', (r) => json(400, { error: 'x', error_description: `got ${assertionOf(r).slice(2, 40)}` })],
  ['as the error code', (request) => json(401, { error: assertionOf(request) })],
  ['as HTML', ({ body }) => raw(200, `<html>${body}`)],
  ['as the debug id', (request) => raw(500, '', { 'x-debug-id': assertionOf(request) })],
  ['as a redirect', ({ body }) => raw(302, '', { location: `https://elsewhere.example/?${body}` })],
  [
    'as the host of a redirect',
    (r) => raw(302, '', { location: `https://${assertionOf(r).slice(0, 15)}.example/` }),
  ],
  ['as a token type', ({ body }) => json(200, { access_token: 'a', token_type: body, expires_in: 1 })],
  ['as a token with spaces', ({ body }) => json(200, { access_token: `${body} ${body}`, expires_in: 1e6 })],
  ['as expires_in', ({ body }) => json(200, { access_token: 'a', expires_in: body })],
  [
    'instead of HTTP',
    ({ body }) =>
      (response) =>
        response.socket?.end(`${body}\r\n\r\n`),
  ],
])('AdobeImsClient repeats no secret in a failure when IMS repeats the request %s', async (_, echo) => {
  for (const credentialOf of [jwtCredential, oauthCredential]) {
    const { origin, received } = await serve((response, request) => echo(request)(response, request));
    const credential = credentialOf(origin);
    const text = printed(await failureOf(credential));
    expect(received.length).toBeGreaterThan(0);
    expect(confidential(credential, received).filter((piece) => text.includes(piece))).toEqual([]);
  }
});

it('AdobeImsClient repeats no unusable token in a failure', async () => {
  const { origin } = await serve(json(200, { access_token: 'eyJ.marked-token.sig', expires_in: -1 }));
  expect(printed(await failureOf(jwtCredential(origin)))).not.toContain('marked-token');
});
