import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

const digest = (text: string): string => hash('sha256', text, 'hex');
const UNKNOWN = digest('never issued');
const CALLERS = `callers:
  - { name: demo, apiKeySha256: ["${digest(DEMO_KEY)}"], tokens: ["aem-*"], permissions: [read, refresh, revoke] }
  - { name: watcher, apiKeySha256: ["${digest('key-of-watcher')}"], permissions: [status] }
  - { name: scraper, apiKeySha256: ["${digest('key-of-scraper')}"], permissions: [metrics] }
  - { name: some, apiKeySha256: ["${digest('key-of-some')}"], tokens: [aem-dev], permissions: [status] }
`;

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;
let silent: RunningService;

beforeAll(async () => {
  workplace = await makeWorkplace(CALLERS);
  for (const name of ['aem-dev', 'aem-reported', 'aem-leaked']) await workplace.addCredential(name);
  await workplace.addCredential('aem-local', { kind: 'local' });
  await workplace.store('aem-broken', '{}');
  [service, silent] = [await workplace.startService(), await workplace.startService({ AUDIT: 'off' })];
  await Promise.all([ready(service), ready(silent)]);
});
afterAll(() => workplace.close());

const BEARER = { authorization: `Bearer ${DEMO_KEY}` };
const WATCHER = { authorization: 'Bearer key-of-watcher' };
const SCRAPER = { authorization: 'Bearer key-of-scraper' };
const SOME = { authorization: 'Bearer key-of-some' };
const BASIC = { authorization: `Basic ${btoa(`demo:${DEMO_KEY}`)}` };
const WRONG = { authorization: 'Bearer key-of-nobody' };
const JSON_BODY = { 'content-type': 'application/json' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const GRANT = 'grant_type=client_credentials&scope=aem-dev';

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}
type Line = Record<string, unknown>;

const get = (path: string, headers: Record<string, string> = BEARER): Sent => ({ path, headers });
const act = (path: string, body: object | string, headers: Record<string, string> = BEARER): Sent => ({
  method: 'POST',
  path,
  headers: { ...JSON_BODY, ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const oauth = (body: string, headers: Record<string, string> = BASIC): Sent => ({
  method: 'POST',
  path: '/oauth/token',
  headers: { ...FORM, ...headers },
  body,
});
const named = (sha256: string) => ({ token_sha256: sha256 });

async function send(to: RunningService, { method = 'GET', path, headers = {}, body }: Sent, id: string) {
  const answer = await fetch(to.origin + path, {
    method,
    headers: { ...headers, 'x-request-id': id },
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, etag: answer.headers.get('etag'), text: await answer.text() };
}

/** The lines about one request, read once a later request has its line. */
async function linesOf(to: RunningService, id: string): Promise<Line[]> {
  const later = `after-${id}`;
  await send(to, get('/v1/tokens/aem-dev'), later);
  const log = await eventually(
    async () => to.logLines.join(''),
    (text) => text.includes(later),
  );
  return log
    .split('\n')
    .filter((line) => line.includes(`"request_id":"${id}"`))
    .map((line) => JSON.parse(line) as Line);
}

const currentSha256 = async (name: string): Promise<string> =>
  digest(
    (await send(service, get(`/v1/tokens/${name}`, { ...BEARER, accept: 'text/plain' }), 'current')).text,
  );

/** The fields in the audit line of a known caller, and in that of an unauthenticated request. */
const demo = { caller: 'demo', authenticated_by: 'key-bearer' };
const nobody = { caller: null, authenticated_by: null, client_address: '127.0.0.1' };
const requested = { event: 'token.requested', credential: 'aem-dev', token_sha256: null, expires_in: null };
const reported = { ...requested, event: 'token.reported' };
const revoked = { ...requested, event: 'token.revoked' };
const state = { event: 'status.read', credential: null, token_sha256: null, expires_in: null };
const metrics = { ...state, event: 'metrics.read' };
const dashboard = { ...state, event: 'dashboard.opened' };
const watcher = { caller: 'watcher', authenticated_by: 'key-bearer' };
const sha = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
const someLife = expect.any(Number) as number;
const served = { token_sha256: sha, expires_in: someLife };

const CASES: readonly (readonly [string, Sent, number, Line])[] = [
  ['a vend', get('/v1/tokens/aem-dev'), 200, { ...requested, ...demo, ...served, outcome: 'vended' }],
  [
    'a vend by Basic',
    get('/v1/tokens/aem-dev', BASIC),
    200,
    { ...requested, caller: 'demo', authenticated_by: 'key-basic', ...served, outcome: 'vended' },
  ],
  ['a stranger', get('/v1/tokens/aem-dev', {}), 401, { ...requested, ...nobody, outcome: 'unauthenticated' }],
  [
    'a wrong key',
    get('/v1/tokens/aem-dev', WRONG),
    401,
    { ...requested, ...nobody, outcome: 'unauthenticated' },
  ],
  [
    'a wrong query',
    get('/v1/tokens/aem-dev?min_ttl=x'),
    400,
    { ...requested, ...demo, outcome: 'invalid_request' },
  ],
  [
    'a forbidden name',
    get('/v1/tokens/other'),
    403,
    { ...requested, ...demo, credential: 'other', outcome: 'forbidden' },
  ],
  [
    'a name nobody has',
    get('/v1/tokens/aem-none'),
    404,
    { ...requested, ...demo, credential: 'aem-none', outcome: 'credential_not_found' },
  ],
  [
    'no token yet',
    get('/v1/tokens/aem-broken'),
    503,
    { ...requested, ...demo, credential: 'aem-broken', outcome: 'token_unavailable' },
  ],
  [
    'a report of an old token',
    act('/v1/tokens/aem-dev/refresh', named(UNKNOWN)),
    200,
    { ...reported, ...demo, ...served, reported_sha256: UNKNOWN, outcome: 'superseded' },
  ],
  [
    'a report without permission',
    act('/v1/tokens/aem-dev/refresh', named(UNKNOWN), WATCHER),
    403,
    {
      ...reported,
      caller: 'watcher',
      authenticated_by: 'key-bearer',
      reported_sha256: UNKNOWN,
      outcome: 'forbidden',
    },
  ],
  [
    'a report of a stranger',
    act('/v1/tokens/aem-dev/refresh', named(UNKNOWN), WRONG),
    401,
    { ...reported, ...nobody, outcome: 'unauthenticated' },
  ],
  [
    'a report that names no token',
    act('/v1/tokens/aem-dev/refresh', {}),
    400,
    { ...reported, ...demo, outcome: 'invalid_request' },
  ],
  [
    'a report that is too large',
    act('/v1/tokens/aem-dev/refresh', 'x'.repeat(70_000)),
    413,
    { ...reported, ...demo, outcome: 'invalid_request' },
  ],
  [
    'a report of a local token',
    act('/v1/tokens/aem-local/refresh', named(UNKNOWN)),
    409,
    { ...reported, ...demo, credential: 'aem-local', reported_sha256: UNKNOWN, outcome: 'conflict' },
  ],
  [
    'a revocation of an unknown token',
    act('/v1/tokens/aem-dev/revoke', named(UNKNOWN)),
    200,
    { ...revoked, ...demo, token_sha256: sha, reported_sha256: UNKNOWN, outcome: 'unknown_token' },
  ],
  [
    'a revocation from another origin',
    act('/v1/tokens/aem-dev/revoke', named(UNKNOWN), { ...BEARER, origin: 'https://evil.example' }),
    403,
    { ...revoked, ...demo, reported_sha256: UNKNOWN, outcome: 'forbidden' },
  ],
  [
    'an OAuth vend',
    oauth(GRANT),
    200,
    { ...requested, caller: 'demo', authenticated_by: 'key-basic', ...served, outcome: 'vended' },
  ],
  [
    'a forbidden scope',
    oauth(GRANT.replace('aem-dev', 'other')),
    400,
    {
      ...requested,
      caller: 'demo',
      authenticated_by: 'key-basic',
      credential: 'other',
      outcome: 'forbidden',
    },
  ],
  [
    'a scope nobody has',
    oauth(GRANT.replace('aem-dev', 'aem-none')),
    400,
    {
      ...requested,
      caller: 'demo',
      authenticated_by: 'key-basic',
      credential: 'aem-none',
      outcome: 'credential_not_found',
    },
  ],
  [
    'a scope without a token',
    oauth(GRANT.replace('aem-dev', 'aem-broken')),
    503,
    {
      ...requested,
      caller: 'demo',
      authenticated_by: 'key-basic',
      credential: 'aem-broken',
      outcome: 'token_unavailable',
    },
  ],
  [
    'a wrong client secret',
    oauth(`${GRANT}&client_id=demo&client_secret=wrong`, {}),
    401,
    { ...requested, ...nobody, outcome: 'unauthenticated' },
  ],
  [
    'another grant',
    oauth('grant_type=password&scope=aem-dev'),
    400,
    { ...requested, caller: 'demo', authenticated_by: 'key-basic', outcome: 'unsupported_grant_type' },
  ],
  [
    'a parameter twice',
    oauth(`${GRANT}&scope=aem-dev`),
    400,
    { ...requested, ...nobody, credential: '', outcome: 'invalid_request' },
  ],
  [
    'a form that is too large',
    oauth('x'.repeat(70_000)),
    413,
    { ...requested, ...nobody, credential: '', outcome: 'invalid_request' },
  ],
  ['the status of all', get('/v1/status', WATCHER), 200, { ...state, ...watcher, outcome: 'read' }],
  [
    'the status of one',
    get('/v1/status/aem-dev', WATCHER),
    200,
    { ...state, ...watcher, credential: 'aem-dev', outcome: 'read' },
  ],
  [
    'the status of a name nobody has',
    get('/v1/status/aem-none', WATCHER),
    404,
    { ...state, ...watcher, credential: 'aem-none', outcome: 'credential_not_found' },
  ],
  [
    'the status of a forbidden name',
    get('/v1/status/other', SOME),
    403,
    { ...state, caller: 'some', authenticated_by: 'key-bearer', credential: 'other', outcome: 'forbidden' },
  ],
  ['the status without permission', get('/v1/status'), 403, { ...state, ...demo, outcome: 'forbidden' }],
  [
    'the status with a query',
    get('/v1/status?x=1', WATCHER),
    400,
    { ...state, ...watcher, outcome: 'invalid_request' },
  ],
  [
    'the status for a wrong key',
    get('/v1/status', WRONG),
    401,
    { ...state, ...nobody, outcome: 'unauthenticated' },
  ],
  [
    'the status of one for a wrong Basic key',
    get('/v1/status/aem-dev', { authorization: `Basic ${btoa('watcher:wrong')}` }),
    401,
    { ...state, ...nobody, credential: 'aem-dev', outcome: 'unauthenticated' },
  ],
  [
    'the status for a stranger',
    get('/v1/status', {}),
    401,
    { ...state, ...nobody, outcome: 'unauthenticated' },
  ],
  [
    'the metrics',
    get('/metrics', SCRAPER),
    200,
    { ...metrics, caller: 'scraper', authenticated_by: 'key-bearer', outcome: 'read' },
  ],
  [
    'the metrics for a caller with status',
    get('/metrics?x=1', WATCHER),
    200,
    { ...metrics, ...watcher, outcome: 'read' },
  ],
  [
    'the metrics for a caller that sees one credential',
    get('/metrics', SOME),
    403,
    { ...metrics, caller: 'some', authenticated_by: 'key-bearer', outcome: 'forbidden' },
  ],
  [
    'the metrics for a wrong key',
    get('/metrics', WRONG),
    401,
    { ...metrics, ...nobody, outcome: 'unauthenticated' },
  ],
  [
    'the metrics for a stranger',
    get('/metrics', {}),
    401,
    { ...metrics, ...nobody, outcome: 'unauthenticated' },
  ],
  [
    'the dashboard for a wrong key',
    get('/dashboard/events', WRONG),
    401,
    { ...dashboard, ...nobody, outcome: 'unauthenticated' },
  ],
  [
    'the dashboard for a stranger',
    get('/dashboard/events', {}),
    401,
    { ...dashboard, ...nobody, outcome: 'unauthenticated' },
  ],
  [
    'the dashboard without permission',
    get('/dashboard/events'),
    403,
    { ...dashboard, ...demo, outcome: 'forbidden' },
  ],
  [
    'a wrong key in the dialog of the dashboard',
    get('/dashboard/login', { authorization: `Basic ${btoa('watcher:wrong')}` }),
    401,
    {
      ...state,
      event: 'authentication.failed',
      ...nobody,
      route: '/dashboard/login',
      outcome: 'unauthenticated',
    },
  ],
  [
    'GET at /oauth/token',
    get('/oauth/token'),
    405,
    { ...requested, ...nobody, credential: '', outcome: 'invalid_request' },
  ],
];

describe('the audit has exactly one line, with all there is to know, of', () => {
  it.each(CASES)('%s', async (what, sent, status, expected) => {
    const id = what.replaceAll(/\W/g, '-');
    expect((await send(service, sent, id)).status).toBe(status);
    const common = { level: 'info', time: expect.any(String) as string, request_id: id };
    expect(await linesOf(service, id)).toEqual([{ ...common, ...expected }]);
  });

  it('a caller that has the token already', async () => {
    const sha256 = await currentSha256('aem-dev');
    const headers = { ...BEARER, 'if-none-match': `W/"${sha256}"` };
    expect((await send(service, get('/v1/tokens/aem-dev', headers), 'same')).status).toBe(304);
    expect(await linesOf(service, 'same')).toMatchObject([
      { ...requested, ...demo, token_sha256: sha256, expires_in: someLife, outcome: 'not_modified' },
    ]);
  });

  it.each([
    ['a report of the current token', 'aem-reported', 'refresh', 'token.reported', 'replaced'],
    ['a revocation of the current token', 'aem-leaked', 'revoke', 'token.revoked', 'revoked'],
  ])('%s', async (_what, name, verb, event, outcome) => {
    const sha256 = await currentSha256(name);
    const sent = act(`/v1/tokens/${name}/${verb}`, named(sha256));
    const headers = { ...sent.headers, traceparent: `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01` };
    expect((await send(service, { ...sent, headers }, verb)).status).toBe(200);
    expect(await linesOf(service, verb)).toMatchObject([
      {
        ...demo,
        event,
        outcome,
        credential: name,
        reported_sha256: sha256,
        token_sha256: await currentSha256(name),
        trace_id: 'a1'.repeat(16),
      },
    ]);
  });

  it('a dashboard that opens', async () => {
    const cut = new AbortController();
    const answer = await fetch(`${service.origin}/dashboard/events`, {
      headers: { ...WATCHER, 'x-request-id': 'opened' },
      signal: cut.signal,
    });
    expect(answer.status).toBe(200);
    expect(await linesOf(service, 'opened')).toMatchObject([{ ...dashboard, ...watcher, outcome: 'opened' }]);
    cut.abort();
  });

  it.each([
    ['/v1/status', 'status.read'],
    ['/metrics', 'metrics.read'],
    ['/dashboard/events', 'dashboard.opened'],
    ['/dashboard/login', 'authentication.failed'],
    ['/v1/tokens/aem-dev', 'token.requested'],
  ])('a client that is throttled at %s', async (path, event) => {
    const headers = { ...WRONG };
    let [id, status] = ['', 401];
    for (let time = 0; status === 401; time += 1) {
      id = `slowed-${event}-${time}`;
      ({ status } = await send(service, get(path, headers), id));
    }
    expect(status).toBe(429);
    expect(await linesOf(service, id)).toMatchObject([{ event, ...nobody, outcome: 'rate_limited' }]);
  });
});

it('AUDIT=off leaves all of them out, and nothing else', async () => {
  for (const [what, sent, status] of CASES)
    expect([what, (await send(silent, sent, what)).status]).toEqual([what, status]);
  const log = silent.logLines.join('');
  expect(log).toContain('"event":"token.minted"');
  for (const event of [
    'token.requested',
    'token.reported',
    'token.revoked',
    '.read"',
    'authentication.failed',
  ])
    expect(log).not.toContain(event);
});
