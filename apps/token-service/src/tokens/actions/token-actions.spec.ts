import { hash } from 'node:crypto';

import { seconds, type RefresherResponse, type ReportOutcome, type RevocationOutcome } from '#libs/tokens';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eventually } from '../../../../../test/support/eventually.ts';
import { makeActionRoutes } from '../../../../../test/support/action-routes.ts';

const UNKNOWN = 'b'.repeat(64);
let routes: Awaited<ReturnType<typeof makeActionRoutes>>;
let current: string;

beforeEach(async () => {
  routes = await makeActionRoutes();
  current = routes.adopt(1);
});

afterEach(() => routes.close());

const named = (sha256: string) => ({ token_sha256: sha256 });
const code = (answer: { body: string }): unknown =>
  (JSON.parse(answer.body) as Record<string, unknown>)['code'];

/** Sends a request that makes the service ask, and gives that answer. */
async function afterAnswer(
  path: string,
  sha256: string,
  answer: RefresherResponse | null,
  meanwhile: () => unknown = () => undefined,
) {
  const before = routes.refresher.asked.length;
  const sent = routes.post(path, named(sha256));
  // `inject` sends the request when its promise is awaited.
  const arrived = Promise.resolve(sent);
  await eventually(
    async () => routes.refresher.asked.length,
    (count) => count > before,
  );
  await meanwhile();
  routes.refresher.answer(answer);
  return arrived;
}

const reported = (outcome: ReportOutcome, retryAfter: number | null = null): RefresherResponse => ({
  type: 'report-answered',
  outcome,
  retryAfter: retryAfter === null ? null : seconds(retryAfter),
});
const revocation = (outcome: RevocationOutcome, currentSha256: string | null = null): RefresherResponse => ({
  type: 'revocation-answered',
  outcome,
  retryAfter: null,
  currentSha256,
});

describe.each(['refresh', 'revoke'])('POST /v1/tokens/{name}/%s', (verb) => {
  it.each([
    ['an unknown field', { token_sha256: UNKNOWN, why: 'x' }, /"why"/],
    ['a token instead of its hash', { token_sha256: 'eyJhbGciOi' }, /token_sha256 must be/],
    ['a number', { token_sha256: 5 }, /token_sha256 must be/],
    ['nothing', {}, /token_sha256 must be/],
    ['a list', [UNKNOWN], /JSON object/],
    ['null', 'null', /JSON object/],
    ['no JSON', '{"token_sha256": ', /JSON object: .*token_sha256/],
    ['an empty body', '', /JSON object: .*token_sha256/],
    ['a body that reaches for the prototype', '{"__proto__": {}}', /JSON object: .*token_sha256/],
    ['hex of another length', { token_sha256: 'a'.repeat(63) }, /token_sha256 must be/],
    ['what is no hex', { token_sha256: 'g'.repeat(64) }, /token_sha256 must be/],
  ])('refuses %s', async (_what, body, detail) => {
    const answer = await routes.post(`aem-dev/${verb}`, body);
    expect([answer.statusCode, code(answer)]).toEqual([400, 'invalid_request']);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect((JSON.parse(answer.body) as { detail: string }).detail).toMatch(detail);
    expect(answer.body).not.toContain('eyJhbGciOi');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx'])(
    'reads no %s',
    async (type) => {
      const answer = await routes.post(`aem-dev/${verb}`, named(UNKNOWN), { 'content-type': type });
      expect([answer.statusCode, code(answer)]).toEqual([415, 'invalid_request']);
      expect(answer.body).toContain('content-type: application/json');
    },
  );

  it('refuses a body over the limit and a query', async () => {
    expect((await routes.post(`aem-dev/${verb}`, `"${'a'.repeat(70_000)}"`)).statusCode).toBe(413);
    expect((await routes.post(`aem-dev/${verb}?x=1`, named(UNKNOWN))).statusCode).toBe(400);
  });

  it('checks in the order 401, 400, 403, 404, 409', async () => {
    const bad = { nonsense: true };
    const status = async (...args: Parameters<typeof routes.post>) => (await routes.post(...args)).statusCode;
    expect(await status(`aem-none/${verb}`, '{', { key: 'wrong' })).toBe(401);
    expect(await status(`aem-none/${verb}`, bad, { key: 'reader' })).toBe(400);
    expect(await status(`aem-none/${verb}`, named(UNKNOWN), { key: 'reader' })).toBe(403);
    expect(await status(`other/${verb}`, named(UNKNOWN))).toBe(403);
    expect(await status(`aem-none/${verb}`, named(UNKNOWN))).toBe(404);
    const local = routes.adoptLocal();
    expect(await status(`aem-local/${verb}`, named(local))).toBe(409);
    expect(await status(`aem-local/${verb}`, named(UNKNOWN))).toBe(409);
    expect(routes.refresher.asked).toEqual([]);
  });

  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
    { origin: 'http://tokens.example' },
  ])('is refused to a browser on a page of another origin: %j', async (headers) => {
    const answer = await routes.post(`aem-dev/${verb}`, named(current), headers);
    expect([answer.statusCode, code(answer), routes.refresher.asked]).toEqual([403, 'forbidden', []]);
  });

  it('throttles a client that guesses keys, and no caller with a key', async () => {
    let answer = await routes.post(`aem-dev/${verb}`, named(UNKNOWN), { key: 'wrong' });
    while (answer.statusCode === 401) {
      answer = await routes.post(`aem-dev/${verb}`, named(UNKNOWN), { key: 'wrong' });
    }
    expect([answer.statusCode, code(answer)]).toEqual([429, 'rate_limited']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect((await routes.post(`aem-dev/${verb}`, {})).statusCode).toBe(400);
  });
});

describe('POST /v1/tokens/{name}/refresh', () => {
  it.each(['token-1\n', 'token-1\r\n', 'token-1 ', '"token-1"', 'Bearer token-1', '', '\n'])(
    'says that the digest of %j is of no token',
    async (hashed) => {
      const answer = await routes.post('aem-dev/refresh', named(hash('sha256', hashed, 'hex')));
      expect([answer.statusCode, code(answer), routes.refresher.asked]).toEqual([400, 'invalid_request', []]);
      expect(answer.body).toContain('is of no token known here');
    },
  );

  it('answers with the current token at once when an older one was rejected', async () => {
    const answer = await routes.post('aem-dev/refresh', named(UNKNOWN), {
      origin: 'https://tokens.example',
      'sec-fetch-site': 'same-origin',
    });
    expect([answer.statusCode, routes.refresher.asked]).toEqual([200, []]);
    expect(answer.headers).toMatchObject({
      etag: `W/"${current}"`,
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(JSON.parse(answer.body)).toMatchObject({ access_token: 'token-1', token_type: 'Bearer' });
    const text = await routes.post('aem-dev/refresh', named(UNKNOWN), { accept: 'text/plain' });
    expect(text.body).toBe('token-1');
  });

  it('answers with the new token, with hex digits of either case', async () => {
    const answer = await afterAnswer('aem-dev/refresh', current.toUpperCase(), reported('replaced'), () =>
      routes.adopt(2),
    );
    expect([answer.statusCode, JSON.parse(answer.body)]).toMatchObject([200, { access_token: 'token-2' }]);
    expect(routes.refresher.asked).toEqual([
      { type: 'report-token', name: 'aem-dev', tokenSha256: current, caller: 'all' },
    ]);
  });

  it('answers with Retry-After while there is no new token', async () => {
    const answer = await afterAnswer('aem-dev/refresh', current, reported('failed', 42));
    expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([202, { status: 'refreshing' }]);
    expect(answer.headers).toMatchObject({ 'retry-after': '42', 'cache-control': 'no-store' });
  });

  it.each<[RefresherResponse | null, number, string]>([
    [reported('not_renewable'), 409, 'conflict'],
    [reported('credential_not_found'), 404, 'credential_not_found'],
    [null, 503, 'token_unavailable'],
  ])('says why there will be none: %j', async (said, status, problem) => {
    const answer = await afterAnswer('aem-dev/refresh', current, said);
    expect([answer.statusCode, code(answer)]).toEqual([status, problem]);
  });

  it('answers with the time after which callers may cause an exchange again', async () => {
    const answer = await afterAnswer('aem-dev/refresh', current, reported('budget_exhausted', 600));
    expect([answer.statusCode, code(answer)]).toEqual([429, 'budget_exhausted']);
    expect(answer.headers['retry-after']).toBe('600');
  });

  it.each([
    ['a key withdrawn', hash('sha256', 'all', 'hex'), UNKNOWN, 401],
    ['a permission taken away', '[read, refresh, revoke]', '[read, revoke]', 403],
    ['a credential taken away', '["aem-*"]', '["other"]', 403],
  ] as const)(
    'hands out nothing for %s while the answer was awaited (%#)',
    async (_what, from, to, status) => {
      const meanwhile = async (): Promise<void> => {
        await routes.changeCallers((text) => text.replace(from, to));
        routes.adopt(2);
      };
      const answer = await afterAnswer('aem-dev/refresh', current, reported('replaced'), meanwhile);
      expect(answer.statusCode).toBe(status);
      expect(answer.body).not.toContain('token-2');
      const [line] = await eventually(
        async () => routes.audit(),
        ({ length }) => length > 0,
      );
      expect(line).toMatchObject({
        outcome: status === 401 ? 'unauthenticated' : 'forbidden',
        caller: status === 401 ? null : 'all',
        token_sha256: null,
      });
    },
  );

  it('requires the permissions refresh and read', async () => {
    for (const key of ['reader', 'blind', 'nameless']) {
      expect((await routes.post('aem-dev/refresh', named(current), { key })).statusCode).toBe(403);
    }
  });

  it('is audited and counted, without credential names that do not exist', async () => {
    await routes.post('aem-dev/refresh', named(UNKNOWN), { 'x-request-id': 'r1' });
    await routes.post('aem-made-up/refresh', named(UNKNOWN), { 'x-request-id': 'r2' });
    await routes.post('aem-dev/refresh', '{', { key: 'wrong', 'x-request-id': 'r3' });
    const lines = await eventually(
      async () => routes.audit(),
      ({ length }) => length === 3,
    );
    const line = { event: 'token.reported', caller: 'all', authenticated_by: 'key-bearer' };
    expect(lines).toMatchObject([
      { ...line, request_id: 'r1', outcome: 'superseded', reported_sha256: UNKNOWN, token_sha256: current },
      { ...line, request_id: 'r2', outcome: 'credential_not_found', credential: 'aem-made-up' },
      { request_id: 'r3', outcome: 'unauthenticated', caller: null, client_address: '127.0.0.1' },
    ]);
    const metrics = await routes.metrics();
    expect(metrics).toContain(
      'ims_token_refresh_reports_total{caller="all",credential="aem-dev",outcome="superseded"} 1',
    );
    expect(metrics).toContain(
      'ims_token_refresh_reports_total{caller="all",credential="",outcome="credential_not_found"} 1',
    );
    expect(metrics).not.toContain('made-up');
  });
});

describe('POST /v1/tokens/{name}/revoke', () => {
  it.each([
    ['revoked', true],
    ['unknown_token', false],
  ] as const)('says that it is %s, and which token to use now', async (outcome, revoked) => {
    const answer = await afterAnswer('aem-dev/revoke', UNKNOWN, revocation(outcome, current));
    expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([200, { revoked, token_sha256: current }]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(routes.refresher.asked).toEqual([
      { type: 'revoke-token', name: 'aem-dev', tokenSha256: UNKNOWN, caller: 'all' },
    ]);
  });

  it.each<[RefresherResponse | null, number, string]>([
    [revocation('failed'), 503, 'revocation_failed'],
    [revocation('refreshing'), 503, 'revocation_failed'],
    [null, 503, 'revocation_failed'],
    [revocation('budget_exhausted'), 429, 'budget_exhausted'],
    [revocation('not_renewable'), 409, 'conflict'],
    [revocation('credential_not_found'), 404, 'credential_not_found'],
  ])('says that it was not: %j', async (said, status, problem) => {
    const answer = await afterAnswer('aem-dev/revoke', current, said);
    expect([answer.statusCode, code(answer)]).toEqual([status, problem]);
    const isWorthAnother = status === 429 || status === 503;
    expect(Number(answer.headers['retry-after'] ?? 0) > 0).toBe(isWorthAnother);
  });

  it('requires the permission revoke for that name', async () => {
    for (const key of ['reader', 'blind', 'nameless']) {
      expect((await routes.post('aem-dev/revoke', named(current), { key })).statusCode).toBe(403);
    }
  });

  it('is audited and counted', async () => {
    await afterAnswer('aem-dev/revoke', UNKNOWN, revocation('revoked', current));
    const lines = await eventually(
      async () => routes.audit(),
      ({ length }) => length === 1,
    );
    expect(lines).toMatchObject([
      { event: 'token.revoked', outcome: 'revoked', reported_sha256: UNKNOWN, token_sha256: current },
    ]);
    expect(await routes.metrics()).toContain(
      'ims_token_revocations_total{caller="all",credential="aem-dev",outcome="revoked"} 1',
    );
  });
});
