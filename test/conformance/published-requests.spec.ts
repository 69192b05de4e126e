import { describe, expect, it } from 'vitest';
import {
  issueOAuth,
  issueServiceCredentials,
  type ServiceCredentials,
} from '../ims-sandbox/support/control.ts';
import {
  answerOf,
  claimsFor,
  grantParameters,
  multipart,
  signed,
} from '../ims-sandbox/support/ims-client.ts';
import { runSandbox } from '../ims-sandbox/support/running-sandbox.ts';

type Send = (origin: string, document: ServiceCredentials, jwt: string) => Promise<Response>;

function parametersOf({ integration }: ServiceCredentials, jwt: string): Record<string, string> {
  const { clientId, clientSecret } = integration.technicalAccount;
  return { client_id: clientId, client_secret: clientSecret, jwt_token: jwt };
}

const hours = (count: number): number => Math.floor(Date.now() / 1000) + count * 3600;

// Each row is a client as its published source sends the request: path, encoding, life and extra claims.
const EXCHANGES: readonly (readonly [string, Record<string, unknown>, Send])[] = [
  [
    'aemcs-api-client-lib: urlencoded, eight hours, no iat',
    { exp: hours(8) },
    (origin, document, jwt) =>
      fetch(`${origin}/ims/exchange/jwt`, {
        method: 'POST',
        body: new URLSearchParams(parametersOf(document, jwt)),
      }),
  ],
  [
    'aio-lib-ims: multipart, with iat',
    { exp: hours(0) + 300, iat: hours(0) },
    (origin, document, jwt) =>
      fetch(`${origin}/ims/exchange/jwt`, {
        method: 'POST',
        headers: { 'user-agent': 'aio-cli-ims' },
        body: multipart(parametersOf(document, jwt)),
      }),
  ],
  [
    'umapi-client.py: a trailing slash, a day, client id and secret in the form',
    { exp: hours(24) },
    (origin, document, jwt) =>
      fetch(`${origin}/ims/exchange/jwt/`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'cache-control': 'no-cache' },
        body: new URLSearchParams(parametersOf(document, jwt)).toString(),
      }),
  ],
  [
    'ims-go: v1, half an hour, resources',
    { exp: hours(0) + 1800 },
    (origin, document, jwt) => {
      const body = new URLSearchParams(parametersOf(document, jwt));
      body.append('resource', 'https://one.example');
      body.append('resource', 'https://two.example');
      return fetch(`${origin}/ims/exchange/v1/jwt`, { method: 'POST', body });
    },
  ],
  [
    'PDF Services SDK: exp in milliseconds',
    { exp: Date.now() + 86_400_000 },
    (origin, document, jwt) =>
      fetch(`${origin}/ims/exchange/jwt/`, {
        method: 'POST',
        body: new URLSearchParams(parametersOf(document, jwt)),
      }),
  ],
  [
    'curl: everything in the query, no body',
    {},
    (origin, document, jwt) =>
      fetch(`${origin}/ims/exchange/jwt?${new URLSearchParams(parametersOf(document, jwt)).toString()}`, {
        method: 'POST',
      }),
  ],
];

describe('a JWT exchange as written in other clients', () => {
  it.each(EXCHANGES)('%s', async (_client, claims, send) => {
    const { origin } = await runSandbox();
    const document = await issueServiceCredentials(origin);
    const jwt = await signed(claimsFor(document, claims), document.integration.privateKey);

    const { status, body } = await answerOf(await send(origin, document, jwt));

    expect(status).toBe(200);
    expect(body['expires_in']).toBeGreaterThan(86_000_000);
  });
});

describe('client_credentials as written in other clients', () => {
  it('aio-lib-ims and aio-lib-core-auth: v2 with org_id', async () => {
    const { origin } = await runSandbox();
    const document = await issueOAuth(origin);
    const parameters = { ...grantParameters(document), org_id: document.ORG_ID };

    const forms = [new URLSearchParams(parameters), multipart(parameters)];

    for (const body of forms) {
      const answer = await answerOf(await fetch(`${origin}/ims/token/v2`, { method: 'POST', body }));
      expect(answer).toMatchObject({ status: 200, body: { expires_in: 86_399 } });
    }
  });

  it('aio-lib-java: v3 with the client id in the query, the rest in the form', async () => {
    const { origin } = await runSandbox();
    const { client_id: id, ...rest } = grantParameters(await issueOAuth(origin));

    const response = await fetch(`${origin}/ims/token/v3?client_id=${id}`, {
      method: 'POST',
      body: new URLSearchParams(rest),
    });

    expect(response.status).toBe(200);
  });

  it('asset-compute-client: v4, client id in the query, multipart; the next secret when one is refused', async () => {
    const { origin } = await runSandbox();
    const document = await issueOAuth(origin);
    const { client_id: id, ...rest } = grantParameters(document);
    const url = `${origin}/ims/token/v4?client_id=${id}`;
    const ask = async (secret: string): Promise<unknown> => {
      const body = multipart({ ...rest, client_secret: secret });
      return answerOf(await fetch(url, { method: 'POST', body }));
    };

    expect(await ask('p8e-retired')).toEqual({
      status: 400,
      body: { error: 'invalid_client', error_description: 'invalid client_secret parameter' },
    });
    expect(await ask(document.CLIENT_SECRETS[0] ?? '')).toMatchObject({ status: 200 });
  });
});
