import { hash } from 'node:crypto';

import { createTokenClient, type TokenClientOptions } from '#libs/client';
import { describe, expect, it } from 'vitest';

import { recordFetch } from './support/recorded-fetch.ts';
import {
  problemAnswer,
  tokenAnswer,
  useScriptedServers,
  type ScriptedServer,
} from '../support/scripted-server.ts';

const start = useScriptedServers();
const optionsFor = (server: ScriptedServer): TokenClientOptions => ({
  url: server.origin,
  credential: 'aem-dev',
  auth: { key: 'key' },
});
const REPORT = 'POST /v1/tokens/aem-dev/refresh';
const ASK = 'GET /v1/tokens/aem-dev';
/** An AEM that takes one token only. */
const aemTaking = (token: string): Promise<ScriptedServer> =>
  start(({ headers }) => ({ status: headers.authorization === `Bearer ${token}` ? 200 : 401, body: 'AEM' }));
/** A service whose current token is `token-1`, and that answers reports so. */
const serviceSaying = (report: () => ReturnType<typeof tokenAnswer>): Promise<ScriptedServer> =>
  start(({ method }) => (method === 'POST' ? report() : tokenAnswer('token-1')));

describe('fetch', () => {
  it('brings the token along, whatever it is given', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const aem = await aemTaking('token-1');
    const { fetch } = createTokenClient(optionsFor(service));
    const url = `${aem.origin}/content.json`;
    const inits = [{ headers: { accept: 'x/y' } }, { headers: [['accept', 'x/y']] as [string, string][] }];
    for (const init of inits) expect((await fetch(url, init)).status).toBe(200);
    expect((await fetch(new URL(url))).status).toBe(200);
    const request = new Request(url, { method: 'POST', body: 'text', headers: { accept: 'x/y' } });
    expect((await fetch(request)).status).toBe(200);
    expect(service.requests).toEqual([ASK]);
  });

  it('needs no token for an AEM on this machine', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const { fetch: record, requests } = recordFetch(async () => new Response('AEM'));
    const { fetch } = createTokenClient({ ...optionsFor(service), fetch: record });
    for (const origin of ['http://localhost:4502', 'http://127.0.0.1:4503', 'http://[::1]:4502']) {
      expect(await (await fetch(`${origin}/content.json`)).text()).toBe('AEM');
    }
    expect(requests.map(({ headers }) => headers.get('authorization'))).toEqual([null, null, null]);
    expect(service.requests).toEqual([]);
  });

  it('asks what needs no token', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const aem = await start(({ headers }) => ({ status: headers.authorization === undefined ? 200 : 500 }));
    const withoutToken = ({ origin }: URL): boolean => origin === aem.origin;
    const { fetch } = createTokenClient({ ...optionsFor(service), withoutToken });
    expect((await fetch(aem.origin)).status).toBe(200);
  });

  it('leaves an Authorization that is there already as it is', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const aem = await start(({ headers }) => ({
      status: headers.authorization === 'Basic eA==' ? 401 : 500,
    }));
    const { fetch } = createTokenClient(optionsFor(service));
    expect((await fetch(aem.origin, { headers: { Authorization: 'Basic eA==' } })).status).toBe(401);
    expect(service.requests).toEqual([]);
  });

  it('sends no token over plain HTTP to another machine, unless it is told to', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const { fetch: record, requests } = recordFetch((input, init) =>
      new Request(input).url.startsWith(service.origin)
        ? globalThis.fetch(input, init)
        : Promise.resolve(new Response('')),
    );
    const options = { ...optionsFor(service), fetch: record };
    const refusal = createTokenClient(options).fetch('http://author.example/');
    await expect(refusal).rejects.toThrow('plain HTTP');
    expect(requests).toEqual([]);
    await createTokenClient({ ...options, allowHttp: true }).fetch('http://author.example/');
    expect(requests.at(-1)?.headers.get('authorization')).toBe('Bearer token-1');
  });

  it('lets no token follow a redirect to another origin, and reports nothing that was refused there', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const sent: (string | undefined)[] = [];
    const elsewhere = await start(({ headers }) => {
      sent.push(headers.authorization);
      return { status: 401 };
    });
    const aem = await start(() => ({ status: 302, headers: { location: elsewhere.origin } }));
    expect((await createTokenClient(optionsFor(service)).fetch(aem.origin)).status).toBe(401);
    expect(sent).toEqual([undefined]);
    expect(service.requests).toEqual([ASK]);
  });
});

describe('a token that AEM refuses', () => {
  it('is reported once, however many met the refusal, and each request is sent once more', async () => {
    const reported: unknown[] = [];
    const service = await start(async (request) => {
      if (request.method === 'GET') return tokenAnswer('token-1');
      for await (const chunk of request) reported.push(JSON.parse(String(chunk)));
      return tokenAnswer('token-2');
    });
    const aem = await aemTaking('token-2');
    const { fetch } = createTokenClient(optionsFor(service));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => fetch(aem.origin, { method: 'POST', body: 'again' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(service.requests).toEqual([ASK, REPORT]);
    expect(reported).toEqual([{ token_sha256: hash('sha256', 'token-1', 'hex') }]);
    expect(aem.requests).toHaveLength(40);
  });

  it.each([
    ['may not report', () => problemAnswer(403, 'forbidden')],
    ['has a token that can not be renewed', () => problemAnswer(409, 'conflict')],
    ['has used its budget up', () => problemAnswer(429, 'budget_exhausted', { 'retry-after': '600' })],
  ])('makes a caller that %s ask for the current one', async (_what, answer) => {
    let current = 'token-1';
    const service = await start(({ method }) => {
      if (method === 'GET') return tokenAnswer(current);
      current = 'token-2';
      return answer();
    });
    const aem = await aemTaking('token-2');
    const { fetch } = createTokenClient(optionsFor(service));
    expect((await fetch(aem.origin)).status).toBe(200);
    expect(service.requests).toEqual([ASK, REPORT, ASK]);
  });

  it('is not reported again and again where that brings no other', async () => {
    const service = await serviceSaying(() => problemAnswer(403, 'forbidden'));
    const aem = await aemTaking('token-of-others');
    const { fetch } = createTokenClient(optionsFor(service));
    const statuses: number[] = [];
    for (let call = 0; call < 10; call += 1) statuses.push((await fetch(aem.origin)).status);
    expect(new Set(statuses)).toEqual(new Set([401]));
    expect(service.requests).toEqual([ASK, REPORT, ASK]);
    expect(aem.requests).toHaveLength(10);
  });

  it('is waited for while the service fetches another', async () => {
    let refreshing = false;
    const service = await start(({ method }) => {
      if (method === 'GET') return tokenAnswer(refreshing ? 'token-2' : 'token-1');
      refreshing = true;
      return { status: 202, headers: { 'retry-after': '1' }, body: { status: 'refreshing' } };
    });
    const aem = await aemTaking('token-2');
    expect((await createTokenClient(optionsFor(service)).fetch(aem.origin)).status).toBe(200);
    expect(service.requests).toEqual([ASK, REPORT, ASK]);
  });

  it('ends in the 401 where another one takes too long', async () => {
    const service = await serviceSaying(() => ({ status: 202, headers: { 'retry-after': '30' } }));
    const aem = await aemTaking('token-2');
    const response = await createTokenClient(optionsFor(service)).fetch(aem.origin);
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('"AEM"');
  });

  it('ends in the 401 where the service is gone', async () => {
    const service = await start(() => tokenAnswer('token-1'));
    const aem = await aemTaking('token-2');
    const { fetch, getToken } = createTokenClient({ ...optionsFor(service), timeoutMs: 500 });
    await getToken();
    await service.close();
    expect((await fetch(aem.origin)).status).toBe(401);
  });

  it('can not be mended for a stream, which is gone: that call gets the 401, the next one the new token', async () => {
    const service = await serviceSaying(() => tokenAnswer('token-2'));
    const aem = await aemTaking('token-2');
    const { fetch } = createTokenClient(optionsFor(service));
    const body = new Blob(['stream']).stream();
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    expect((await fetch(aem.origin, init)).status).toBe(401);
    expect((await fetch(aem.origin)).status).toBe(200);
    const request = new Request(aem.origin, { method: 'POST', body: 'text' });
    expect((await fetch(request)).status).toBe(200);
    expect(service.requests).toEqual([ASK, REPORT]);
  });

  it('does not come back from a replica that lags behind', async () => {
    const service = await start(({ method }) =>
      method === 'POST' ? tokenAnswer('token-2', 0.001) : tokenAnswer('token-1'),
    );
    const aem = await aemTaking('token-2');
    const { fetch, getToken } = createTokenClient(optionsFor(service));
    await fetch(aem.origin);
    expect(await getToken()).toBe('token-2');
    expect((await fetch(aem.origin)).status).toBe(200);
    expect(service.requests.slice(0, 2)).toEqual([ASK, REPORT]);
  });

  it('keeps nobody who gave up', async () => {
    const service = await start(({ method }) => (method === 'POST' ? 'hang' : tokenAnswer('token-1')));
    const aem = await aemTaking('token-2');
    const impatient = new AbortController();
    const waiting = createTokenClient(optionsFor(service)).fetch(aem.origin, { signal: impatient.signal });
    const { promise, resolve } = Promise.withResolvers<void>();
    const answer = service.script;
    service.script = (request) => {
      if (request.method === 'POST') resolve();
      return answer(request);
    };
    await promise;
    impatient.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('can be reported by those who call AEM by other means', async () => {
    const service = await serviceSaying(() => tokenAnswer('token-2'));
    const { getToken, reportRejected } = createTokenClient(optionsFor(service));
    expect(await reportRejected(await getToken())).toBe('token-2');
    expect(await reportRejected('token-1')).toBe('token-2');
    expect(await getToken()).toBe('token-2');
    expect(service.requests).toEqual([ASK, REPORT]);
  });
});
