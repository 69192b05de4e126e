import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeSigningKey, OidcIssuer } from '../support/oidc-issuer.ts';
import { makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

const SUBJECT = 'system:serviceaccount:web:publisher';
const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const GRANT = { grant_type: 'client_credentials', scope: 'aem-dev' };

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
let issuer: OidcIssuer;

beforeAll(async () => {
  issuer = await OidcIssuer.start();
  const jwt = `{issuer: "${issuer.issuer}", audience: ims-tokens, subject: "${SUBJECT}"}`;
  workplace = await makeWorkplace(`callers:
  - {name: publisher, tokens: ["aem-*"], jwt: ${jwt}}
  - {name: other, tokens: ["aem-*"], apiKeySha256: ["${hash('sha256', 'key-of-other', 'hex')}"]}
`);
  await workplace.addCredential('aem-dev');
  service = await workplace.startService({ TRUSTED_PROXIES: '127.0.0.1' });
  await ready(service);
});

afterAll(async () => {
  await workplace.close();
  await issuer.close();
});

/** Each request comes from an address of its own, because the service throttles addresses that fail often. */
let requests = 0;
const ask = (
  body: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(`${service.origin}/oauth/token`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-forwarded-for': `10.1.0.${(requests += 1)}`,
      ...headers,
    },
    body: typeof body === 'string' ? body : new URLSearchParams(body),
  });
const assertion = async (options?: Parameters<OidcIssuer['token']>[0]) => ({
  ...GRANT,
  client_assertion_type: TYPE,
  client_assertion: await issuer.token(options),
});
const lastLine = (): unknown => JSON.parse(service.logLines.at(-1)?.trim().split('\n').at(-1) ?? '');

describe('a client with a client_assertion', () => {
  it.each([{}, { client_id: 'publisher' }, { client_id: SUBJECT }, { client_secret: '' }])(
    'gets a token, with %j besides, the first time and every time',
    async (more) => {
      const body = { ...(await assertion()), ...more };
      for (let round = 0; round < 2; round += 1) {
        const answer = await ask(body);
        expect([answer.status, await answer.json()]).toMatchObject([200, { scope: 'aem-dev' }]);
      }
      expect(lastLine()).toMatchObject({ outcome: 'vended', caller: 'publisher', authenticated_by: 'jwt' });
    },
  );

  it.each<[what: string, change: () => Promise<Record<string, string>>]>([
    ['another audience', () => assertion({ claims: { aud: 'x' } })],
    ['another subject', () => assertion({ claims: { sub: 'x' } })],
    ['another issuer', () => assertion({ claims: { iss: 'https://x.example' } })],
    ['an expired JWT', () => assertion({ claims: { exp: 1 } })],
    ['a key of another', () => assertion({ key: makeSigningKey() })],
    ['a text that is no JWT', async () => ({ ...(await assertion()), client_assertion: 'key-of-other' })],
    ['the key of a caller', async () => ({ ...(await assertion()), client_assertion: 'a.b.c' })],
    ['the client_id of another', async () => ({ ...(await assertion()), client_id: 'other' })],
    ['another type', async () => ({ ...(await assertion()), client_assertion_type: 'urn:x:saml2-bearer' })],
    [
      'a wrong JWT and no grant_type',
      async () => ({ ...(await assertion({ claims: { aud: 'x' } })), grant_type: '' }),
    ],
  ])('is refused as invalid_client with %s', async (_what, make) => {
    const answer = await ask(await make());
    expect(answer.headers.get('www-authenticate')).toContain('Basic');
    const body = (await answer.json()) as Record<string, string>;
    expect([answer.status, body['error']]).toEqual([401, 'invalid_client']);
    expect(body['error_description']).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]{10,}$/);
    expect(lastLine()).toMatchObject({ outcome: 'unauthenticated', caller: null });
  });

  it.each<[what: string, error: string, change: () => Promise<Record<string, string> | string>]>([
    ['no type', 'invalid_request', async () => ({ ...(await assertion()), client_assertion_type: '' })],
    ['no assertion', 'invalid_request', async () => ({ ...GRANT, client_assertion_type: TYPE })],
    [
      'a secret too',
      'invalid_request',
      async () => ({ ...(await assertion()), client_secret: 'key-of-other' }),
    ],
    [
      'two assertions',
      'invalid_request',
      async () => `${String(new URLSearchParams(await assertion()))}&client_assertion=x`,
    ],
    ['no grant_type', 'invalid_request', async () => ({ ...(await assertion()), grant_type: '' })],
    [
      'another grant',
      'unsupported_grant_type',
      async () => ({ ...(await assertion()), grant_type: 'password' }),
    ],
    ['a forbidden scope', 'invalid_scope', async () => ({ ...(await assertion()), scope: 'other' })],
  ])('is refused with %s as %s', async (_what, error, make) => {
    const answer = await ask(await make());
    expect([answer.status, await answer.json()]).toMatchObject([400, { error }]);
  });

  it('and with Basic is refused as invalid_request', async () => {
    const authorization = `Basic ${btoa('other:key-of-other')}`;
    const answer = await ask(await assertion(), { authorization });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: 'invalid_request' }]);
  });

  it('is told to come back while the keys of its issuer cannot be fetched', async () => {
    const down = await OidcIssuer.start();
    down.fault = (_request, response) => response.writeHead(500).end();
    const jwt = `{issuer: "${down.issuer}", audience: ims-tokens, subject: "${SUBJECT}"}`;
    const site = await makeWorkplace(`callers: [{name: publisher, tokens: ["aem-*"], jwt: ${jwt}}]`);
    const other = await site.startService();
    const answer = await fetch(`${other.origin}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...GRANT,
        client_assertion_type: TYPE,
        client_assertion: await down.token(),
      }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([503, { error: 'temporarily_unavailable' }]);
    expect(answer.headers.get('retry-after')).toBe('10');
    await site.close();
    await down.close();
  });
});
