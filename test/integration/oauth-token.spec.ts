import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ENCODED_LOOKING_KEY, OAUTH_CALLERS, ODD_KEY, PLAIN_KEY } from '../support/oauth-callers.ts';
import { makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace(OAUTH_CALLERS);
  await workplace.addCredential('aem-dev');
  await workplace.addCredential('other');
  await workplace.store('aem-broken', '{"integration": nonsense');
  service = await workplace.startService();
  await ready(service);
});

afterAll(() => workplace.close());

type Parameters = Record<string, string> | string | URLSearchParams;

const GRANT = { grant_type: 'client_credentials', scope: 'aem-dev' };
const POST = { client_id: 'catalog-sync', client_secret: PLAIN_KEY };
const basic = (pair: string | Buffer): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
});
const BASIC = basic(`catalog-sync:${PLAIN_KEY}`);

const ask = (
  body: Parameters,
  headers: Record<string, string> = {},
  path = '/oauth/token',
): Promise<Response> =>
  fetch(service.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof body === 'string' ? body : new URLSearchParams(body),
  });

/** What every refusal must be like, and its code. */
async function refusal(answer: Response): Promise<[status: number, error: unknown]> {
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('pragma')).toBe('no-cache');
  const body = (await answer.json()) as Record<string, unknown>;
  expect(Object.keys(body)).toEqual(['error', 'error_description']);
  // RFC 6749 §5.2: no quotes, no backslashes, nothing beyond ASCII.
  expect(body['error_description']).toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]{10,}$/);
  return [answer.status, body['error']];
}

describe('POST /oauth/token', () => {
  it.each([
    ['Basic', GRANT, BASIC],
    ['the body', { ...GRANT, ...POST }, {}],
    ['Basic, with the same client_id in the body', { ...GRANT, client_id: 'catalog-sync' }, BASIC],
    ['Basic, with an empty client_secret in the body', { ...GRANT, client_secret: '' }, BASIC],
    [
      'the body, its type with a charset',
      { ...GRANT, ...POST },
      {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      },
    ],
    [
      'Basic, with unknown parameters twice',
      'grant_type=client_credentials&scope=aem-dev&resource=a&resource=b&x&x',
      BASIC,
    ],
    ['the body, with unknown parameters', { ...GRANT, ...POST, audience: 'x', resource: 'https://y' }, {}],
  ])('gives a live token to a client known by %s', async (_how, body, headers) => {
    const answer = await ask(body, headers);
    const token = (await answer.json()) as Record<string, unknown>;
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
    expect(Object.keys(token)).toEqual(['access_token', 'token_type', 'expires_in', 'scope']);
    expect(token).toMatchObject({ token_type: 'Bearer', scope: 'aem-dev' });
    expect(Number.isInteger(token['expires_in'])).toBe(true);
    expect(token['expires_in']).toBeGreaterThan(900);
    expect(token['expires_in']).toBeLessThan(2 ** 31);
    const aem = await fetch(`${workplace.imsOrigin}/aem/content.json`, {
      headers: { authorization: `Bearer ${String(token['access_token'])}` },
    });
    expect(aem.status).toBe(200);
  });

  it('gives the same token as GET /v1/tokens, and again while it lasts, without another exchange', async () => {
    const first = (await (await ask(GRANT, BASIC)).json()) as Record<string, unknown>;
    const second = (await (await ask(GRANT, BASIC)).json()) as Record<string, unknown>;
    const other = await service.get('/v1/tokens/aem-dev', { ...BASIC, accept: 'text/plain' });
    expect(second['access_token']).toBe(first['access_token']);
    expect(await other.text()).toBe(first['access_token']);
    expect(Number(second['expires_in'])).toBeLessThanOrEqual(Number(first['expires_in']));
  });

  const encoded = encodeURIComponent(ODD_KEY).replaceAll('%20', '+');
  it.each([
    ['form-encoded, as the standard says', `odd-one:${encoded}`],
    [
      'strictly form-encoded',
      `odd%2Done:${encoded.replace(/[-_.!~*'()]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)}`,
    ],
    ['encoded but for the colon', `odd-one:${ODD_KEY.replaceAll(':', '%3A')}`],
    ['not encoded, though it looks so', `odd-one:${ENCODED_LOOKING_KEY}`],
    ['percent-encoded', `odd-one:${encodeURIComponent(ODD_KEY)}`],
    ['not encoded', `odd-one:${ODD_KEY}`],
    ['not encoded, as Latin-1', Buffer.from(`odd-one:${ODD_KEY}`, 'latin1')],
  ])('knows a client whose odd secret comes by Basic %s', async (_how, pair) => {
    expect((await ask(GRANT, basic(pair))).status).toBe(200);
  });

  it.each([
    ['a wrong secret by Basic', GRANT, basic('catalog-sync:marked-wrong')],
    ['an unknown name, by Basic', GRANT, basic(`nobody:${PLAIN_KEY}`)],
    ['Basic without a secret', GRANT, basic('catalog-sync')],
    ['Basic that is no base64', GRANT, { authorization: 'Basic !!!' }],
    ['a wrong secret in the body', { ...GRANT, ...POST, client_secret: 'marked-wrong' }, {}],
    ['the key of another caller', { ...GRANT, ...POST, client_id: 'odd-one' }, {}],
    ['no secret', { ...GRANT, client_id: 'catalog-sync' }, {}],
    ['an empty secret', { ...GRANT, client_id: 'catalog-sync', client_secret: '' }, {}],
    ['nothing at all', GRANT, {}],
    ['an empty body', '', {}],
    ['a key as Bearer', GRANT, { authorization: `Bearer ${PLAIN_KEY}` }],
  ])('answers %s with invalid_client and a challenge', async (_what, body, headers) => {
    const answer = await ask(body, headers);
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="ims-token-service", charset="UTF-8"');
    expect(await answer.clone().text()).not.toContain('marked');
    expect(await refusal(answer)).toEqual([401, 'invalid_client']);
  });

  it.each<[what: string, error: string, body: Parameters, headers?: Record<string, string>]>([
    ['two ways to authenticate', 'invalid_request', { ...GRANT, ...POST }, BASIC],
    [
      'a secret in the body beside another scheme',
      'invalid_request',
      { ...GRANT, ...POST },
      { authorization: 'Bearer x' },
    ],
    ['another client_id than that of Basic', 'invalid_request', { ...GRANT, client_id: 'odd-one' }, BASIC],
    [
      'a parameter twice',
      'invalid_request',
      'grant_type=client_credentials&scope=aem-dev&scope=aem-dev',
      BASIC,
    ],
    ['no grant_type', 'invalid_request', { scope: 'aem-dev' }, BASIC],
    ['an empty grant_type', 'invalid_request', { scope: 'aem-dev', grant_type: '' }, BASIC],
    [
      'a body of JSON',
      'invalid_request',
      JSON.stringify(GRANT),
      { ...BASIC, 'content-type': 'application/json' },
    ],
    [
      'a body of no known type',
      'invalid_request',
      'x',
      { ...BASIC, 'content-type': 'multipart/form-data; boundary=x' },
    ],
    ['a grant of another kind', 'unsupported_grant_type', { ...GRANT, grant_type: 'password' }, BASIC],
    ['no scope', 'invalid_scope', { grant_type: 'client_credentials' }, BASIC],
    ['an empty scope', 'invalid_scope', { ...GRANT, scope: '' }, BASIC],
    ['several scopes', 'invalid_scope', { ...GRANT, scope: 'aem-dev aem-broken' }, BASIC],
    ['an unknown scope', 'invalid_scope', { ...GRANT, scope: 'aem-nothing' }, BASIC],
    ['a forbidden scope', 'invalid_scope', { ...GRANT, scope: 'other' }, BASIC],
    ['a scope that is no name', 'invalid_scope', { ...GRANT, scope: '__proto__' }, BASIC],
    ['a scope, for a caller who may not read', 'invalid_scope', GRANT, basic('watcher:key-of-watcher')],
  ])('answers %s with 400 %s', async (_what, error, body, headers) => {
    const answer = await ask(body, headers);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(await refusal(answer)).toEqual([400, error]);
  });

  it('answers the same for a name that exists and one that does not', async () => {
    const answers = await Promise.all(
      ['aem-nothing', 'other', 'nothing'].map((scope) => ask({ ...GRANT, scope }, BASIC)),
    );
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
  });

  it('takes no parameters from the URL, where logs would see them', async () => {
    const answer = await ask(GRANT, BASIC, '/oauth/token?client_secret=marked');
    expect(await refusal(answer)).toEqual([400, 'invalid_request']);
  });

  it('says 503 and when to come back while there is no token', async () => {
    const answer = await ask({ ...GRANT, scope: 'aem-broken' }, BASIC);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await refusal(answer)).toEqual([503, 'temporarily_unavailable']);
  });

  it('refuses a body over the limit', async () => {
    expect(await refusal(await ask({ ...GRANT, x: 'a'.repeat(8_192) }, BASIC))).toEqual([
      413,
      'invalid_request',
    ]);
  });

  it.each([
    ['one parameter too long', `x=${'a'.repeat(8_192)}`],
    ['thousands of parameters', 'a&'.repeat(10_900)],
    ['thousands of encoded parameters', '%61=%62&'.repeat(1_100)],
  ])('reads at most 8 KiB of a client that it does not know: %s', async (_what, body) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    for (const sent of [body, new Blob([body]).stream()]) {
      const init = { method: 'POST', headers, body: sent, duplex: 'half' } satisfies RequestInit & {
        duplex: string;
      };
      const answer = await fetch(`${service.origin}/oauth/token`, init);
      expect(await refusal(answer)).toEqual([413, 'invalid_request']);
    }
  });

  it.each(['GET', 'PUT', 'DELETE'])('wants POST, not %s', async (method) => {
    const answer = await fetch(`${service.origin}/oauth/token`, { method });
    expect(answer.headers.get('allow')).toBe('POST');
    expect(await refusal(answer)).toEqual([405, 'invalid_request']);
  });

  it.each(['/oauth/token/', '/oauth/token//', '/oauth/token/?x=1'])(
    'answers POST %s in its own words',
    async (path) => {
      const answer = await ask(GRANT, BASIC, path);
      expect(((await answer.clone().json()) as { error_description: string }).error_description).toContain(
        'slash',
      );
      expect(await refusal(answer)).toEqual([404, 'invalid_request']);
    },
  );

  it.each([
    ['a line break by Basic', {}, basic(`catalog-sync:${PLAIN_KEY}\n`), 'line break'],
    ['a line break in the body', { ...POST, client_secret: `${PLAIN_KEY}\r\n` }, {}, 'line break'],
    ['a space', { ...POST, client_secret: `${PLAIN_KEY} ` }, {}, 'space'],
  ])('says that a secret ends in %s', async (_what, body, headers, expected) => {
    const answer = await ask({ ...GRANT, ...body }, headers);
    expect(((await answer.clone().json()) as { error_description: string }).error_description).toContain(
      expected,
    );
    expect(await refusal(answer)).toEqual([401, 'invalid_client']);
  });

  it('leaves all other paths to problem details', async () => {
    for (const path of ['/oauth', '/oauth/tokens', '/oauth/token/x']) {
      const answer = await ask(GRANT, BASIC, path);
      expect([path, answer.status, ((await answer.json()) as { code: unknown }).code]).toEqual([
        path,
        404,
        'route_not_found',
      ]);
    }
  });
});

describe('what is on record of requests to /oauth/token', () => {
  const lastLine = (): unknown => JSON.parse(service.logLines.at(-1) ?? '');

  it.each([
    ['key-basic', GRANT, BASIC],
    ['key-post', { ...GRANT, ...POST }, {}],
  ])('is like that of any other vend, by %s', async (method, body, headers) => {
    const { access_token } = (await (await ask(body, headers)).json()) as { access_token: string };
    expect(lastLine()).toMatchObject({
      outcome: 'vended',
      caller: 'catalog-sync',
      authenticated_by: method,
      credential: 'aem-dev',
      token_sha256: hash('sha256', access_token, 'hex'),
    });
  });

  it('records why a scope was refused, and truncates overlong scopes', async () => {
    await ask({ ...GRANT, scope: 'other' }, BASIC);
    expect(lastLine()).toMatchObject({ outcome: 'forbidden', credential: 'other' });
    await ask({ ...GRANT, scope: 'x'.repeat(6_000) }, BASIC);
    expect(lastLine()).toMatchObject({
      outcome: 'forbidden',
      credential: `sha256:${hash('sha256', 'x'.repeat(200), 'hex')}`,
    });
    await ask(GRANT, basic('catalog-sync:marked-wrong'));
    expect(lastLine()).toMatchObject({ outcome: 'unauthenticated', caller: null });
    expect(service.logLines.join('')).not.toContain('marked');
  });

  it('is counted', async () => {
    const text = await (await service.get('/metrics', BASIC)).text();
    expect(text).toMatch(
      /ims_token_vends_total\{caller="catalog-sync",credential="aem-dev",outcome="vended"\} \d/,
    );
    expect(text).toMatch(
      /ims_token_vends_total\{caller="catalog-sync",credential="other",outcome="forbidden"\} \d/,
    );
    expect(text).toMatch(
      /ims_token_vends_total\{caller="catalog-sync",credential="",outcome="forbidden"\} \d/,
    );
    expect(text).toMatch(/ims_authentication_failures_total\{reason="unknown_key"\} \d/);
  });
});

describe('the metadata', () => {
  it('names the public address and the capabilities of the service, regardless of the Host header', async () => {
    const answer = await fetch(`${service.origin}/.well-known/oauth-authorization-server`, {
      headers: { 'x-forwarded-host': 'evil.example' },
    });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual({
      issuer: service.origin,
      token_endpoint: `${service.origin}/oauth/token`,
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(['RS256', 'ES256', 'EdDSA']),
      response_types_supported: [],
      service_documentation: `${service.origin}/docs`,
    });
  });

  it('of an issuer with a path is where the standard puts it, and where a proxy that drops the path looks', async () => {
    const behind = await workplace.startService({ PUBLIC_URL: 'https://intra.example/ims/tokens/' });
    for (const path of ['', '/ims/tokens']) {
      const answer = await fetch(`${behind.origin}/.well-known/oauth-authorization-server${path}`);
      expect(await answer.json()).toMatchObject({
        issuer: 'https://intra.example/ims/tokens',
        token_endpoint: 'https://intra.example/ims/tokens/oauth/token',
      });
    }
    expect((await fetch(`${behind.origin}/.well-known/oauth-authorization-server/other`)).status).toBe(404);
  });
});
