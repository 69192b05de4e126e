import { hash } from 'node:crypto';

import { createTokenClient, type TokenClientOptions } from './index.ts';
import { describe, expect, it } from 'vitest';

import { recordFetch } from '../../../test/client/support/recorded-fetch.ts';
import {
  problemAnswer,
  tokenAnswer,
  useScriptedServers,
  type ScriptedServer,
} from '../../../test/support/scripted-server.ts';

const start = useScriptedServers();
const optionsFor = (server: ScriptedServer): TokenClientOptions => ({
  url: server.origin,
  credential: 'aem-dev',
  auth: { key: 'key' },
});
const REPORT = 'POST /v1/tokens/aem-dev/refresh';
const GET_TOKEN = 'GET /v1/tokens/aem-dev';
/** An AEM that accepts one token only. */
const aemAccepting = (token: string): Promise<ScriptedServer> =>
  start(({ headers }) => ({ status: headers.authorization === `Bearer ${token}` ? 200 : 401, body: 'AEM' }));
/** A service whose current token is `token-1`, with a given response to reports. */
const serviceWithReport = (report: () => ReturnType<typeof tokenAnswer>): Promise<ScriptedServer> =>
  start(({ method }) => (method === 'POST' ? report() : tokenAnswer('token-1')));

describe('TokenClient.fetch', () => {
  it('adds the token to a string, a URL and a Request', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const aem = await aemAccepting('token-1');
    const { fetch } = createTokenClient(optionsFor(service));
    const url = `${aem.origin}/content.json`;
    const inits = [{ headers: { accept: 'x/y' } }, { headers: [['accept', 'x/y']] as [string, string][] }];
    for (const init of inits) expect((await fetch(url, init)).status).toBe(200);
    expect((await fetch(new URL(url))).status).toBe(200);
    const request = new Request(url, { method: 'POST', body: 'text', headers: { accept: 'x/y' } });
    expect((await fetch(request)).status).toBe(200);
    expect(service.requests).toEqual([GET_TOKEN]);
  });

  it('sends no token to an AEM on this machine', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const { fetch: record, requests } = recordFetch(async () => new Response('AEM'));
    const { fetch } = createTokenClient({ ...optionsFor(service), fetch: record });
    for (const origin of ['http://localhost:4502', 'http://127.0.0.1:4503', 'http://[::1]:4502']) {
      expect(await (await fetch(`${origin}/content.json`)).text()).toBe('AEM');
    }
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual([null, null, null]);
    expect(service.requests).toEqual([]);
  });

  it('sends no token where withoutToken returns true', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const aem = await start(({ headers }) => ({ status: headers.authorization === undefined ? 200 : 500 }));
    const withoutToken = ({ origin }: URL): boolean => origin === aem.origin;
    const { fetch } = createTokenClient({ ...optionsFor(service), withoutToken });
    expect((await fetch(aem.origin)).status).toBe(200);
  });

  it('does not change an existing Authorization header', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const aem = await start(({ headers }) => ({
      status: headers.authorization === 'Basic eA==' ? 401 : 500,
    }));
    const { fetch } = createTokenClient(optionsFor(service));
    expect((await fetch(aem.origin, { headers: { Authorization: 'Basic eA==' } })).status).toBe(401);
    expect(service.requests).toEqual([]);
  });

  it('sends no token over plain HTTP to another machine without allowHttp', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const { fetch: record, requests } = recordFetch((input, init) =>
      new Request(input).url.startsWith(service.origin)
        ? globalThis.fetch(input, init)
        : Promise.resolve(new Response('')),
    );
    const options = { ...optionsFor(service), fetch: record, allowedHosts: ['author.example'] };
    const refusal = createTokenClient(options).fetch('http://author.example/');
    await expect(refusal).rejects.toThrow('plain HTTP');
    expect(requests).toEqual([]);
    await createTokenClient({ ...options, allowHttp: true }).fetch('http://author.example/');
    expect(requests.at(-1)?.headers.get('authorization')).toBe('Bearer token-1');
  });

  it.each([
    'https://evil.example/',
    'https://adobe.com/',
    'https://author.adobeaemcloud.com.evil.example/',
    'https://eviladobeaemcloud.com/',
    'https://author.adobeaemcloud.com@evil.example/',
    'https://localhost.evil.example/',
    'https://10.0.0.1/',
    'https://[::ffff:127.0.0.1]/',
  ])('sends no token to %s, which is not among its hosts', async (url) => {
    const service = await start(() => tokenAnswer('token-1'));
    const { fetch: record, requests } = recordFetch(async () => new Response(''));
    const { fetch } = createTokenClient({ ...optionsFor(service), fetch: record });
    for (const input of [url, new URL(url), new Request('https://evil.example/')])
      await expect(fetch(input)).rejects.toThrow(/^The client sends no token to \S+: .*allowedHosts/);
    expect([requests, service.requests]).toEqual([[], []]);
  });

  it.each([
    [undefined, 'https://author-p1-e2.adobeaemcloud.com/'],
    [undefined, 'https://PLATFORM.adobe.io./'],
    [undefined, 'https://mc.adobe.com:8443/'],
    [['author.Example'], 'https://author.example/'],
    [['*.example'], 'https://a.b.example/'],
    [['[2001:db8::1]'], 'https://[2001:db8::1]/'],
  ])('with the hosts %j sends the token to %s', async (allowedHosts, url) => {
    const service = await start(() => tokenAnswer('token-1'));
    const { fetch: record, requests } = recordFetch((input, init) =>
      new Request(input).url.startsWith(service.origin)
        ? globalThis.fetch(input, init)
        : Promise.resolve(new Response('')),
    );
    await createTokenClient({ ...optionsFor(service), fetch: record, allowedHosts }).fetch(url);
    expect(requests.at(-1)?.headers.get('authorization')).toBe('Bearer token-1');
  });

  it.each([[['https://author.example']], [['author.example:443']], [['*']], [['a.*.b']], [['']], ['*.x']])(
    'does not accept %j as allowedHosts',
    (allowedHosts) => {
      const options = { url: 'https://t.example', credential: 'aem-dev', auth: { key: 'key' } };
      expect(() =>
        createTokenClient({ ...options, allowedHosts: allowedHosts as readonly string[] }),
      ).toThrow(/^allowedHosts must be/);
    },
  );

  it('sends no token after a redirect to another origin, and reports no token for a 401 there', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const sent: (string | undefined)[] = [];
    const elsewhere = await start(({ headers }) => {
      sent.push(headers.authorization);
      return { status: 401 };
    });
    const aem = await start(() => ({ status: 302, headers: { location: elsewhere.origin } }));
    expect((await createTokenClient(optionsFor(service)).fetch(aem.origin)).status).toBe(401);
    expect(sent).toEqual([undefined]);
    expect(service.requests).toEqual([GET_TOKEN]);
  });
});

describe('a token that AEM rejects', () => {
  it('is reported once for many requests, and each request is sent once more', async () => {
    const reported: unknown[] = [];
    const service = await start(async (request) => {
      if (request.method === 'GET') return tokenAnswer('token-1');
      for await (const chunk of request) reported.push(JSON.parse(String(chunk)));
      return tokenAnswer('token-2');
    });
    const aem = await aemAccepting('token-2');
    const { fetch } = createTokenClient(optionsFor(service));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => fetch(aem.origin, { method: 'POST', body: 'again' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(service.requests).toEqual([GET_TOKEN, REPORT]);
    expect(reported).toEqual([{ token_sha256: hash('sha256', 'token-1', 'hex') }]);
    expect(aem.requests).toHaveLength(40);
  });

  it.each([
    ['may not report', () => problemAnswer(403, 'forbidden')],
    ['has a token that cannot be renewed', () => problemAnswer(409, 'conflict')],
    ['has used up its budget', () => problemAnswer(429, 'budget_exhausted', { 'retry-after': '600' })],
  ])('makes a caller that %s request the current one', async (_what, answer) => {
    let current = 'token-1';
    const service = await start(({ method }) => {
      if (method === 'GET') return tokenAnswer(current);
      current = 'token-2';
      return answer();
    });
    const aem = await aemAccepting('token-2');
    const { fetch } = createTokenClient(optionsFor(service));
    expect((await fetch(aem.origin)).status).toBe(200);
    expect(service.requests).toEqual([GET_TOKEN, REPORT, GET_TOKEN]);
  });

  it('is not reported repeatedly if a report brings no replacement', async () => {
    const service = await serviceWithReport(() => problemAnswer(403, 'forbidden'));
    const aem = await aemAccepting('token-of-another-client');
    const { fetch } = createTokenClient(optionsFor(service));
    const statuses: number[] = [];
    for (let call = 0; call < 10; call += 1) statuses.push((await fetch(aem.origin)).status);
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(service.requests).toEqual([GET_TOKEN, REPORT, GET_TOKEN]);
    expect(aem.requests).toHaveLength(10);
  });

  it('is replaced as soon as the service has another one', async () => {
    let refreshing = false;
    const service = await start(({ method }) => {
      if (method === 'GET') return tokenAnswer(refreshing ? 'token-2' : 'token-1');
      refreshing = true;
      return { status: 202, headers: { 'retry-after': '1' }, body: { status: 'refreshing' } };
    });
    const aem = await aemAccepting('token-2');
    expect((await createTokenClient(optionsFor(service)).fetch(aem.origin)).status).toBe(200);
    expect(service.requests).toEqual([GET_TOKEN, REPORT, GET_TOKEN]);
  });

  it('results in the 401 if a replacement takes too long', async () => {
    const service = await serviceWithReport(() => ({ status: 202, headers: { 'retry-after': '30' } }));
    const aem = await aemAccepting('token-2');
    const response = await createTokenClient(optionsFor(service)).fetch(aem.origin);
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('"AEM"');
  });

  it('results in the 401 if the service is unreachable', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const aem = await aemAccepting('token-2');
    const { fetch, getToken } = createTokenClient({ ...optionsFor(service), timeoutMs: 500 });
    await getToken();
    await service.close();
    expect((await fetch(aem.origin)).status).toBe(401);
  });

  it('results in the 401 for a body that is a stream, and the next call uses the new token', async () => {
    const service = await serviceWithReport(() => tokenAnswer('token-2'));
    const aem = await aemAccepting('token-2');
    const { fetch } = createTokenClient(optionsFor(service));
    const body = new Blob(['stream']).stream();
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    expect((await fetch(aem.origin, init)).status).toBe(401);
    expect((await fetch(aem.origin)).status).toBe(200);
    const request = new Request(aem.origin, { method: 'POST', body: 'text' });
    expect((await fetch(request)).status).toBe(200);
    expect(service.requests).toEqual([GET_TOKEN, REPORT]);
  });

  it('is not accepted again from a replica that lags behind', async () => {
    const service = await start(({ method }) =>
      method === 'POST' ? tokenAnswer('token-2', 0.001) : tokenAnswer('token-1'),
    );
    const aem = await aemAccepting('token-2');
    const { fetch, getToken } = createTokenClient(optionsFor(service));
    await fetch(aem.origin);
    expect(await getToken()).toBe('token-2');
    expect((await fetch(aem.origin)).status).toBe(200);
    expect(service.requests.slice(0, 2)).toEqual([GET_TOKEN, REPORT]);
  });

  it('does not delay a caller that aborts', async () => {
    const service = await start(({ method }) => (method === 'POST' ? 'hang' : tokenAnswer('token-1')));
    const aem = await aemAccepting('token-2');
    const aborting = new AbortController();
    const waiting = createTokenClient(optionsFor(service)).fetch(aem.origin, { signal: aborting.signal });
    const { promise, resolve } = Promise.withResolvers<void>();
    const answer = service.script;
    service.script = (request) => {
      if (request.method === 'POST') resolve();
      return answer(request);
    };
    await promise;
    aborting.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('can be reported by callers that do not use fetch', async () => {
    const service = await serviceWithReport(() => tokenAnswer('token-2'));
    const { getToken, reportRejected } = createTokenClient(optionsFor(service));
    expect(await reportRejected(await getToken())).toBe('token-2');
    expect(await reportRejected('token-1')).toBe('token-2');
    expect(await getToken()).toBe('token-2');
    expect(service.requests).toEqual([GET_TOKEN, REPORT]);
  });
});
