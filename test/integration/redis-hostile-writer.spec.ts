import { hash } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';

const FORGED = `k1.${'A'.repeat(22)}`;
const CATALOG = 'ims-token:credentials';

const CALLERS = `
callers:
  - name: demo
    apiKeySha256: ["${hash('sha256', DEMO_KEY, 'hex')}"]
    tokens: ["*"]
    permissions: [read, refresh, revoke, status]
`;

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let redis: RedisServer;
let admin: Redis;
let vending: ServiceProcess;
let refreshing: ServiceProcess;

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(vending.origin + path, {
    ...init,
    headers: { authorization: `Bearer ${DEMO_KEY}`, 'content-type': 'application/json' },
  });
const tokenNow = async (): Promise<string> => {
  const answer = await ask('/v1/tokens/aem-dev');
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { access_token: string }).access_token;
};
const metric = async (pattern: RegExp): Promise<number> => {
  const text = await (await ask('/metrics')).text();
  return Number(pattern.exec(text)?.[1] ?? 0);
};
const ignored = (kind: string) =>
  metric(new RegExp(`^ims_token_store_ignored_records_total\\{kind="${kind}"\\} (\\d+)`, 'm'));

beforeAll(async () => {
  [workplace, redis] = await Promise.all([makeWorkplace(CALLERS), RedisServer.start()]);
  await workplace.addCredential('aem-dev');
  admin = new Redis(redis.url);
  const shared = { REDIS_URL: redis.url, TOKEN_ENCRYPTION_KEYS: SEALING_KEY };
  [vending, refreshing] = await Promise.all([
    ServiceProcess.start({ ...shared, SERVICE_ROLE: 'vend', CALLERS_FILE: workplace.callersFile }),
    ServiceProcess.start({
      ...shared,
      SERVICE_ROLE: 'refresh',
      CREDENTIAL_SOURCE: 'files',
      CREDENTIAL_DIR: workplace.credentialFolder,
      IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
    }),
  ]);
  await eventually(
    () => ask('/v1/tokens/aem-dev'),
    ({ status }) => status === 200,
  );
});

beforeEach(() =>
  eventually(
    () => metric(/^ims_token_store_up (\d)/m),
    (up) => up === 1,
  ),
);

afterAll(async () => {
  admin.disconnect();
  await Promise.all([vending.stop(), refreshing.stop()]);
  await workplace.close();
  await redis.stop();
});

describe('a writer to Redis without the encryption keys', () => {
  it('breaks no status answer with planted status records', async () => {
    const planted = { at: 9e15, kind: 'local', certificateExpiresAt: 1e300, nextAttemptAt: 8.64e15 };
    const before = await ignored('listing');
    const json = JSON.stringify(planted);
    await admin.hset(CATALOG, { 'r:aem-dev': json, 'r:aem-other': `${FORGED} 9000000000000000 ${json}` });
    await eventually(
      () => ignored('listing'),
      (count) => count > before,
    );
    const status = await ask('/v1/status');
    expect(status.status).toBe(200);
    const { credentials } = (await status.json()) as { credentials: { name: string; kind: string }[] };
    expect(credentials).toMatchObject([{ name: 'aem-dev', kind: 'jwt', state: 'healthy' }]);
  });

  it('holds up no vend with 200,000 planted names and a storm of messages', async () => {
    const before = await metric(/^process_resident_memory_bytes (\d+)/m);
    for (let start = 0; start < 200_000; start += 10_000) {
      const fields = Array.from({ length: 10_000 }, (_, index) => [`g:planted-${start + index}`, '5']).flat();
      await admin.hset(CATALOG, ...fields);
    }
    const storm = Array.from({ length: 20_000 }, (_, index) => [
      'publish',
      'ims-token:changes',
      `planted-${index} ${FORGED} 9`,
    ]);
    for (let round = 0; round < 3; round += 1) {
      await admin.pipeline(storm).exec();
      await tokenNow();
    }
    expect(
      await eventually(
        () => ignored('catalog'),
        (count) => count > 2,
      ),
    ).toBeGreaterThan(2);
    expect(await ignored('storm')).toBeGreaterThan(0);
    const { credentials } = (await (await ask('/v1/status')).json()) as { credentials: object[] };
    expect(credentials).toHaveLength(1);
    const after = await metric(/^process_resident_memory_bytes (\d+)/m);
    expect((after - before) / 2 ** 20).toBeLessThan(250);
    expect(await metric(/^ims_token_store_up (\d)/m)).toBe(1);
    await admin.del(CATALOG);
  });

  it('keeps no leaked token from being revoked', async () => {
    const leaked = await tokenNow();
    const spent = JSON.stringify(Array.from({ length: 12 }, () => ({ at: Date.now(), caller: 'demo' })));
    await admin.set('ims-token:{aem-dev}:spent:revocation', spent);
    await admin.set('ims-token:{aem-dev}:budget:revocation', `${FORGED} ${spent}`);
    await admin.set('ims-token:{aem-dev}:lease', 'planted');
    const wait = 8.64e15;
    await admin.hset(
      CATALOG,
      'r:aem-dev',
      JSON.stringify({ at: wait - 1, nextAttemptAt: wait, kind: 'local' }),
    );
    await admin.hset(CATALOG, 'x:aem-dev', '1700000000');
    await admin.hset('ims-token:{aem-dev}:token', 'generation', '999999999999');
    const body = JSON.stringify({ token_sha256: hash('sha256', leaked, 'hex') });
    const answer = await eventually(
      () => ask('/v1/tokens/aem-dev/revoke', { method: 'POST', body }),
      ({ status }) => status !== 503,
    );
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ revoked: true });
    const next = await eventually(tokenNow, (token) => token !== leaked);
    for (const [token, status] of [
      [leaked, 401],
      [next, 200],
    ] as const) {
      const aem = await fetch(`${workplace.imsOrigin}/aem/`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(aem.status).toBe(status);
    }
  });
});
