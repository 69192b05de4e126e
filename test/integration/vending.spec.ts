import { hash } from 'node:crypto';
import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

const digest = (key: string): string => hash('sha256', key, 'hex');
const CALLERS = `callers:
  - name: demo
    apiKeySha256: ["${digest(DEMO_KEY)}", "${digest('second-key-of-demo')}"]
    tokens: ["aem-*"]
    permissions: [read, status, metrics]
  - name: reader
    apiKeySha256: ["${digest('key-of-reader')}"]
    tokens: ["aem-dev"]
  - name: grafana
    apiKeySha256: ["${digest('key-of-grafana')}"]
    permissions: [status]
`;

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace(CALLERS);
  await workplace.addCredential('aem-dev');
  await workplace.addCredential('aem-stage', { kind: 'oauth' });
  await workplace.addCredential('aem-local', { kind: 'local' });
  await workplace.store('aem-broken', '{"integration": nonsense');
  await workplace.store('other', '{}');
  service = await workplace.startService();
  await ready(service);
});

afterAll(() => workplace.close());

interface TokenBody {
  access_token: string;
  token_type: string;
  expires_in: number;
  expires_at: number;
  refresh_in: number;
}

const aem = (token: string): Promise<Response> =>
  fetch(`${workplace.imsOrigin}/aem/content.json`, { headers: { authorization: `Bearer ${token}` } });

const problem = async (answer: Response): Promise<Record<string, unknown>> => {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const body = (await answer.json()) as Record<string, unknown>;
  const ofFailures = new Set(['reason', 'since', 'next_attempt_at']);
  const members = Object.keys(body).filter((name) => body['status'] !== 503 || !ofFailures.has(name));
  expect(members.sort()).toEqual(['code', 'detail', 'status', 'title', 'type']);
  expect(body['status']).toBe(answer.status);
  return body;
};

describe('GET /v1/tokens/{name}', () => {
  it.each(['aem-dev', 'aem-stage', 'aem-local'])(
    'hands out a live token of %s, with its times',
    async (name) => {
      const answer = await service.get(`/v1/tokens/${name}`);
      const body = (await answer.json()) as TokenBody;
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(answer.headers.get('etag')).toBe(`W/"${digest(body.access_token)}"`);
      expect(Object.keys(body)).toEqual([
        'access_token',
        'token_type',
        'expires_in',
        'expires_at',
        'refresh_in',
      ]);
      expect(body.token_type).toBe('Bearer');
      expect(body.expires_in).toBeGreaterThan(60);
      expect(Math.abs(body.expires_at - Date.now() / 1000 - body.expires_in)).toBeLessThan(30);
      expect(body.refresh_in).toBeGreaterThanOrEqual(1);
      expect(body.refresh_in).toBeLessThan(body.expires_in);
      expect((await aem(body.access_token)).status).toBe(200);
    },
  );

  it('answers with the bare token where the caller accepts text', async () => {
    const answer = await service.get('/v1/tokens/aem-dev', { accept: 'text/plain' });
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect((await aem(await answer.text())).status).toBe(200);
  });

  it.each([
    ['application/json, text/plain;q=0.5', 'application/json'],
    ['*/*', 'application/json'],
    ['text/plain, */*;q=0.1', 'text/plain'],
  ])('answers Accept: %s with %s', async (accept, type) => {
    const answer = await service.get('/v1/tokens/aem-dev', { accept });
    expect(answer.headers.get('content-type')).toContain(type);
  });

  it('answers 304 while the token is the one the caller has', async () => {
    const etag = (await service.get('/v1/tokens/aem-dev')).headers.get('etag') ?? '';
    const same = await service.get('/v1/tokens/aem-dev', { 'if-none-match': `"older", ${etag}` });
    expect([same.status, await same.text()]).toEqual([304, '']);
    expect((await service.get('/v1/tokens/aem-dev', { 'if-none-match': 'W/"another"' })).status).toBe(200);
  });

  it('keeps its promise of min_ttl or says when to ask again', async () => {
    const good = (await (await service.get('/v1/tokens/aem-dev?min_ttl=3600')).json()) as TokenBody;
    expect(good.expires_in).toBeGreaterThanOrEqual(3600);
    const refused = await problem(await service.get('/v1/tokens/aem-dev?min_ttl=999999'));
    const longest = Number(/at most (\d+) seconds/.exec(String(refused['detail']))?.[1]);
    // In its first second a token still has its whole life.
    const tooLong = await eventually(
      () => service.get(`/v1/tokens/aem-dev?min_ttl=${longest}`),
      ({ status }) => status !== 200,
    );
    expect(Number(tooLong.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await problem(tooLong)).toMatchObject({ status: 503, code: 'min_ttl_unavailable' });
    expect(await problem(await service.get('/v1/tokens/aem-dev?min_ttl=86401'))).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
    expect(await problem(await service.get('/v1/tokens/aem-broken?min_ttl=86401'))).toMatchObject({
      status: 400,
    });
  });

  it.each([
    'min_ttl=-1',
    'min_ttl=1.5',
    'min_ttl=soon',
    'min_ttl=',
    'min_ttl=1&min_ttl=2',
    'ttl=5',
    'constructor=1',
  ])('refuses the query %s', async (query) => {
    expect(await problem(await service.get(`/v1/tokens/aem-dev?${query}`))).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
  });

  it.each([
    ['nobody', undefined],
    ['a wrong key', 'Bearer wrong'],
    ['a key under another name', `Basic ${btoa(`reader:${DEMO_KEY}`)}`],
    ['an unknown scheme', 'Digest abc'],
    ['an empty key', 'Bearer '],
    ['Basic without a colon', `Basic ${btoa('demo')}`],
  ])('knows %s not', async (_who, authorization) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const answer = await fetch(`${service.origin}/v1/tokens/aem-dev?unknown=1`, { headers });
    expect(answer.headers.get('www-authenticate')).toBe(
      'Bearer realm="ims-token-service", Basic realm="ims-token-service", charset="UTF-8"',
    );
    expect(await problem(answer)).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it.each([`Bearer second-key-of-demo`, `bearer ${DEMO_KEY}`, `Basic ${btoa(`demo:${DEMO_KEY}`)}`])(
    'knows demo by each key and scheme',
    async (authorization) => {
      expect((await service.get('/v1/tokens/aem-dev', { authorization })).status).toBe(200);
    },
  );

  it('checks in the order 401, 400, 403, 404, 503', async () => {
    const asReader = { authorization: 'Bearer key-of-reader' };
    const codes = async (path: string, headers?: Record<string, string>): Promise<unknown> =>
      (await problem(await service.get(path, headers)))['code'];
    expect(await codes('/v1/tokens/nothing?x=1', { authorization: 'Bearer no' })).toBe('unauthenticated');
    expect(await codes('/v1/tokens/nothing?x=1', asReader)).toBe('invalid_request');
    expect(await codes('/v1/tokens/nothing', asReader)).toBe('forbidden');
    expect(await codes('/v1/tokens/aem-stage', asReader)).toBe('forbidden');
    expect(await codes('/v1/tokens/aem-nothing')).toBe('credential_not_found');
    expect(await codes('/v1/tokens/aem-broken')).toBe('token_unavailable');
    expect(await codes('/v1/tokens/aem-dev', { authorization: 'Bearer key-of-grafana' })).toBe('forbidden');
  });

  it.each(['/v1/tokens/%ZZ', `/v1/tokens/${'a'.repeat(5000)}`, '/v1/tokens/', '/nothing', '/v1/tokens/a/b'])(
    'answers a path that leads nowhere with a 4xx (%#)',
    async (path) => {
      const { status } = await problem(await service.get(path));
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    },
  );
});

describe('what is too large', () => {
  it('refuses headers over the limit', async () => {
    expect(
      await problem(await service.get('/v1/tokens/aem-dev', { 'x-large': 'a'.repeat(17_000) })),
    ).toMatchObject({
      status: 431,
      code: 'invalid_request',
    });
  });

  it('refuses a body over the limit', async () => {
    const answer = await fetch(`${service.origin}/v1/status`, { method: 'POST', body: 'a'.repeat(70_000) });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    await problem(answer);
  });

  it('answers bytes that are no HTTP with a 400', async () => {
    const socket = connect(Number(new URL(service.origin).port), '127.0.0.1');
    let answer = '';
    for await (const chunk of socket.end('\x16\x03\x01 hello\r\n\r\n')) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"invalid_request"');
  });

  it('goes on answering afterwards', async () => {
    expect((await service.get('/v1/tokens/aem-dev')).status).toBe(200);
  });
});

describe('health', () => {
  it('answers probes without authentication', async () => {
    for (const path of ['/livez', '/readyz']) {
      const answer = await fetch(service.origin + path);
      expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
    }
  });

  it('shows every credential to a watcher, sorted, and why one is broken', async () => {
    const answer = await service.get('/v1/status', { authorization: 'Bearer key-of-grafana' });
    const body = (await answer.json()) as { callers_file: unknown; credentials: Record<string, unknown>[] };
    expect(body.callers_file).toEqual({ ok: true, detail: '3 callers' });
    expect(body.credentials.map(({ name, kind, state }) => [name, kind, state])).toEqual([
      ['aem-broken', null, 'unhealthy'],
      ['aem-dev', 'jwt', 'healthy'],
      ['aem-local', 'local', 'healthy'],
      ['aem-stage', 'oauth', 'healthy'],
      ['other', null, 'unhealthy'],
    ]);
    expect(body.credentials[0]?.['last_failure']).toMatchObject({ code: 'credential_invalid_json' });
    expect(body.credentials[1]?.['certificate_expires_at']).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(body.credentials[2]?.['refresh_due_at']).toBeNull();
  });

  it('shows a caller with tokens only those', async () => {
    const { credentials } = (await (await service.get('/v1/status')).json()) as {
      credentials: { name: string }[];
    };
    expect(credentials.map(({ name }) => name)).toEqual(['aem-broken', 'aem-dev', 'aem-local', 'aem-stage']);
    expect(await problem(await service.get('/v1/status/other'))).toMatchObject({ code: 'forbidden' });
    expect(await problem(await service.get('/v1/status/aem-none'))).toMatchObject({
      code: 'credential_not_found',
    });
    expect(await (await service.get('/v1/status/aem-dev')).json()).toMatchObject({
      name: 'aem-dev',
      stage: 'CURRENT',
    });
  });

  it.each(['/v1/status', '/v1/status/aem-dev', '/metrics'])(
    'keeps %s from those without the permission',
    async (path) => {
      expect(await problem(await service.get(path, { authorization: 'Bearer key-of-reader' }))).toMatchObject(
        {
          code: 'forbidden',
        },
      );
      expect(await problem(await fetch(service.origin + path))).toMatchObject({ code: 'unauthenticated' });
    },
  );

  it.each(['/v1/status', '/v1/status/aem-dev'])('names a parameter that %s does not know', async (path) => {
    expect(await problem(await service.get(`${path}?x=1`))).toMatchObject({ code: 'invalid_request' });
  });

  it('counts what happened, without names that callers made up', async () => {
    await service.get('/v1/tokens/aem-made-up');
    const text = await (await service.get('/metrics')).text();
    expect(text).toMatch(/ims_token_vends_total\{caller="demo",credential="aem-dev",outcome="vended"\} \d+/);
    expect(text).toMatch(
      /ims_token_vends_total\{caller="demo",credential="",outcome="credential_not_found"\} \d+/,
    );
    expect(text).toMatch(/ims_authentication_failures_total\{reason="unknown_key"\} \d+/);
    expect(text).toMatch(
      /ims_credential_info\{credential="aem-stage",kind="oauth",version="[0-9a-f]+",stage="CURRENT"\} 1/,
    );
    expect(text).toMatch(/process_cpu_seconds_total/);
    expect(text).not.toContain('made-up');
  });
});

describe('the audit log', () => {
  it('names caller, credential and the hash of the token, never the token', async () => {
    const token = await (await service.get('/v1/tokens/aem-dev', { accept: 'text/plain' })).text();
    const entry: unknown = JSON.parse(service.logLines.at(-1) ?? '');
    expect(entry).toMatchObject({
      event: 'token.requested',
      outcome: 'vended',
      caller: 'demo',
      authenticated_by: 'key-bearer',
      credential: 'aem-dev',
      token_sha256: digest(token),
    });
  });
});
