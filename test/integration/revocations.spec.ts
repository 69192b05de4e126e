import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { DEMO_KEY, makeWorkplace, type RunningService } from '../support/token-service.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';

const digest = (text: string): string => hash('sha256', text, 'hex');
const UNKNOWN = digest('never issued');
const CALLERS = `callers:
  - { name: demo, apiKeySha256: ["${digest(DEMO_KEY)}"], tokens: ["*"], permissions: [read, refresh, status] }
  - { name: security, apiKeySha256: ["${digest('key-of-security')}"], tokens: ["aem-*"], permissions: [revoke] }
`;
const CREDENTIALS = ['aem-current', 'aem-earlier', 'aem-outage', 'aem-calm'];

type Json = Record<string, unknown>;
interface Site {
  readonly workplace: Awaited<ReturnType<typeof makeWorkplace>>;
  /** The processes that answer callers. */
  readonly services: readonly RunningService[];
  readonly close: () => Promise<void>;
}

async function makeSite(
  start: (workplace: Site['workplace']) => Promise<Omit<Site, 'workplace'>>,
): Promise<Site> {
  const workplace = await makeWorkplace(CALLERS);
  for (const name of CREDENTIALS) await workplace.addCredential(name);
  await workplace.addCredential('aem-local', { kind: 'local' });
  return { workplace, ...(await start(workplace)) };
}

const oneProcess = (): Promise<Site> =>
  makeSite(async (workplace) => ({
    services: [await workplace.startService()],
    close: () => workplace.close(),
  }));

const overRedis = (): Promise<Site> =>
  makeSite(async (workplace) => {
    const redis = await RedisServer.start();
    const shared = {
      REDIS_URL: redis.url,
      TOKEN_ENCRYPTION_KEYS: SEALING_KEY,
    };
    await workplace.startService({ ...shared, SERVICE_ROLE: 'refresh' });
    const vend = () => workplace.startService({ ...shared, SERVICE_ROLE: 'vend' });
    const close = async (): Promise<void> => {
      await workplace.close();
      await redis.stop();
    };
    return { services: [await vend(), await vend()], close };
  });

describe.each([
  ['one process', oneProcess],
  ['vending and refreshing processes over Redis', overRedis],
])('POST /v1/tokens/{name}/revoke at %s', (_what, make) => {
  let site: Site;
  let service: RunningService;
  beforeAll(async () => {
    site = await make();
    const [first] = site.services;
    if (first === undefined) throw new Error('nobody answers callers');
    service = first;
    for (const each of site.services)
      for (const name of [...CREDENTIALS, 'aem-local']) await tokenAt(each, name);
  });
  afterAll(() => site.close());

  const tokenAt = async (at: RunningService, name: string): Promise<string> => {
    const answer = await eventually(
      () => at.get(`/v1/tokens/${name}`, { accept: 'text/plain' }),
      ({ status }) => status === 200,
    );
    return answer.text();
  };
  const revoke = (name: string, sha256: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${service.origin}/v1/tokens/${name}/revoke`, {
      method: 'POST',
      headers: { authorization: 'Bearer key-of-security', 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ token_sha256: sha256 }),
    });
  const aem = async (token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${site.workplace.imsOrigin}/aem/content.json`, { headers })).status;
  };
  /** What IMS was asked, in order. */
  const asked = async (): Promise<string[]> => {
    const answer = await site.workplace.control('GET', '/requests');
    const { requests } = (await answer.json()) as { requests: { path: string; status: number | null }[] };
    return requests
      .filter(({ path }) => path.startsWith('/ims'))
      .map(({ path, status }) => `${path} ${status}`);
  };
  const replace = async (name: string, rejected: string): Promise<string> => {
    const answer = await eventually(
      () =>
        fetch(`${service.origin}/v1/tokens/${name}/refresh`, {
          method: 'POST',
          headers: { authorization: `Bearer ${DEMO_KEY}`, 'content-type': 'application/json' },
          body: JSON.stringify({ token_sha256: digest(rejected) }),
        }),
      ({ status }) => status === 200,
    );
    return ((await answer.json()) as { access_token: string }).access_token;
  };
  const lines = (requestId: string): Json[] =>
    service.logLines
      .join('')
      .split('\n')
      .filter((line) => line.includes(`"request_id":"${requestId}"`))
      .map((line) => JSON.parse(line) as Json);

  it('replaces the current token, and then invalidates it at IMS', async () => {
    const leaked = await tokenAt(service, 'aem-current');
    expect(await aem(leaked)).toBe(200);
    const before = (await asked()).length;
    const answer = await revoke('aem-current', digest(leaked), { 'x-request-id': 'current' });
    const replacement = await tokenAt(service, 'aem-current');
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { revoked: true, token_sha256: digest(replacement) },
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await asked()).slice(before)).toEqual([
      expect.stringMatching(/^\/ims\/exchange\/.* 200$/),
      '/ims/invalidate_token/v2 200',
    ]);
    expect([await aem(leaked), await aem(replacement)]).toEqual([401, 200]);
    for (const each of site.services) {
      await eventually(
        () => tokenAt(each, 'aem-current'),
        (token) => token === replacement,
      );
    }
    expect(
      await eventually(
        async () => lines('current'),
        ({ length }) => length > 0,
      ),
    ).toMatchObject([
      {
        event: 'token.revoked',
        outcome: 'revoked',
        caller: 'security',
        authenticated_by: 'key-bearer',
        credential: 'aem-current',
        reported_sha256: digest(leaked),
        token_sha256: digest(replacement),
      },
    ]);

    const settled = await asked();
    const again = await revoke('aem-current', digest(leaked));
    expect([again.status, await again.json()]).toEqual([
      200,
      { revoked: true, token_sha256: digest(replacement) },
    ]);
    expect(await asked()).toEqual(settled);
    expect(await tokenAt(service, 'aem-current')).toBe(replacement);
  });

  it('invalidates an earlier token at IMS, and keeps the current one', async () => {
    const leaked = await tokenAt(service, 'aem-earlier');
    const current = await replace('aem-earlier', leaked);
    expect(await aem(leaked)).toBe(200);
    const before = (await asked()).length;
    const answer = await revoke('aem-earlier', digest(leaked));
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { revoked: true, token_sha256: digest(current) },
    ]);
    expect((await asked()).slice(before)).toEqual(['/ims/invalidate_token/v2 200']);
    expect([await aem(leaked), await aem(current)]).toEqual([401, 200]);
  });

  it('says of a token it does not know that nothing was revoked', async () => {
    const before = await asked();
    const answer = await revoke('aem-calm', UNKNOWN, { 'x-request-id': 'unknown' });
    const current = await tokenAt(service, 'aem-calm');
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { revoked: false, token_sha256: digest(current) },
    ]);
    expect(await asked()).toEqual(before);
    expect(await aem(current)).toBe(200);
    expect(
      await eventually(
        async () => lines('unknown'),
        ({ length }) => length > 0,
      ),
    ).toMatchObject([{ event: 'token.revoked', outcome: 'unknown_token', reported_sha256: UNKNOWN }]);
  });

  it.each([
    ['a local development token', 'aem-local', {}, 409, 'conflict'],
    [
      'a caller without the permission',
      'aem-calm',
      { authorization: `Bearer ${DEMO_KEY}` },
      403,
      'forbidden',
    ],
    ['a name beyond the caller’s', 'other', {}, 403, 'forbidden'],
    ['an unknown name', 'aem-none', {}, 404, 'credential_not_found'],
    ['a page of another origin', 'aem-calm', { origin: 'https://evil.example' }, 403, 'forbidden'],
    ['a page of another site', 'aem-calm', { 'sec-fetch-site': 'cross-site' }, 403, 'forbidden'],
    ['a stranger', 'aem-calm', { authorization: 'Bearer key-of-nobody' }, 401, 'unauthenticated'],
  ])('refuses %s, and asks IMS nothing', async (what, name, headers, status, code) => {
    const before = await asked();
    const sha256 = name === 'aem-none' || name === 'other' ? UNKNOWN : digest(await tokenAt(service, name));
    const requestId = what.replaceAll(/[^a-z]/g, '');
    const answer = await revoke(name, sha256, { 'x-request-id': requestId, ...headers });
    expect([answer.status, ((await answer.json()) as Json)['code']]).toEqual([status, code]);
    expect(await asked()).toEqual(before);
    const record = await eventually(
      async () => lines(requestId),
      ({ length }) => length > 0,
    );
    expect(record).toMatchObject([
      { event: 'token.revoked', outcome: code, credential: name, token_sha256: null },
    ]);
  });

  it('invalidates nothing while IMS is down, and all that was asked for once it is back', async () => {
    const earlier = await tokenAt(service, 'aem-outage');
    const current = await replace('aem-outage', earlier);
    await site.workplace.control('PUT', '/faults', { faults: [{ kind: 'status', status: 503 }] });
    for (const token of [earlier, current]) {
      const answer = await revoke('aem-outage', digest(token));
      expect([answer.status, ((await answer.json()) as Json)['code']]).toEqual([503, 'revocation_failed']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect([await aem(earlier), await aem(current)]).toEqual([200, 200]);
    expect(await tokenAt(service, 'aem-outage')).toBe(current);
    await site.workplace.control('DELETE', '/faults');
    for (const token of [earlier, current]) {
      const answer = await eventually(
        () => revoke('aem-outage', digest(token)),
        ({ status }) => status !== 503,
      );
      expect([answer.status, await answer.json()]).toMatchObject([200, { revoked: true }]);
    }
    const replacement = await tokenAt(service, 'aem-outage');
    expect([await aem(earlier), await aem(current), await aem(replacement)]).toEqual([401, 401, 200]);
  });

  it('is counted by how it ended', async () => {
    const metrics = await (await service.get('/metrics')).text();
    const counted = (credential: string, outcome: string): string =>
      `ims_token_revocations_total{caller="security",credential="${credential}",outcome="${outcome}"}`;
    expect(metrics).toContain(`${counted('aem-current', 'revoked')} 2`);
    expect(metrics).toContain(`${counted('aem-earlier', 'revoked')} 1`);
    expect(metrics).toContain(`${counted('aem-calm', 'unknown_token')} 1`);
    expect(metrics).toContain(`${counted('aem-local', 'conflict')} 1`);
    expect(metrics).toContain(`${counted('', 'credential_not_found')} 1`);
    expect(metrics).toContain(`${counted('aem-outage', 'revocation_failed')} `);
  });
});
