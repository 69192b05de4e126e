import { hash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { DEMO_KEY, makeWorkplace, type RunningService } from '../support/token-service.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';

const PATH = '/v1/tokens/aem-dev';
const CALLERS_AT_ONCE = 1_000;

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let redis: RedisServer;

beforeAll(async () => {
  [workplace, redis] = await Promise.all([makeWorkplace(), RedisServer.start()]);
  await workplace.addCredential('aem-dev');
});

afterAll(async () => {
  await workplace.close();
  await redis.stop();
});

const digest = (token: string): string => hash('sha256', token, 'hex');
const tokenOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { access_token: string }).access_token;

/** How many tokens IMS has issued so far. */
async function issued(): Promise<number> {
  const answer = await workplace.control('GET', '/requests');
  const { byClient } = (await answer.json()) as { byClient: Record<string, { issued: number }> };
  return Object.values(byClient).reduce((sum, each) => sum + each.issued, 0);
}

const report = (service: RunningService, sha256: string): Promise<Response> =>
  fetch(`${service.origin}${PATH}/refresh`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DEMO_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ token_sha256: sha256 }),
  });

const firstToken = async (service: RunningService): Promise<string> =>
  tokenOf(
    await eventually(
      () => service.get(PATH),
      ({ status }) => status === 200,
    ),
  );

/** Thousands report the same token; then it is an old one. */
async function holdToOneExchange(service: RunningService): Promise<void> {
  const rejected = await firstToken(service);
  const before = await issued();
  const answers = await Promise.all(
    Array.from({ length: CALLERS_AT_ONCE }, () => report(service, digest(rejected))),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const tokens = new Set(await Promise.all(answers.map(tokenOf)));
  expect(tokens.size).toBe(1);
  expect(tokens.has(rejected)).toBe(false);
  expect((await issued()) - before).toBe(1);
  const [current] = tokens;
  expect(await tokenOf(await report(service, digest(rejected)))).toBe(current);
  expect((await issued()) - before).toBe(1);
}

describe('a thousand callers that report the same rejected token', () => {
  it('cause one exchange in a process that does both, and all get the new token', async () => {
    const service = await workplace.startService();
    await holdToOneExchange(service);
    expect((await service.get(PATH)).status).toBe(200);
    await service.close();
  });

  it('cause one exchange between processes that meet in Redis, and all get the new token', async () => {
    const shared = {
      REDIS_URL: redis.url,
      TOKEN_ENCRYPTION_KEYS: SEALING_KEY,
    };
    const refreshing = await workplace.startService({ ...shared, SERVICE_ROLE: 'refresh' });
    const vending = await workplace.startService({ ...shared, SERVICE_ROLE: 'vend' });
    await holdToOneExchange(vending);
    await refreshing.close();
    const current = await firstToken(vending);
    const alone = await report(vending, digest(current));
    expect([alone.status, await alone.json()]).toMatchObject([503, { code: 'token_unavailable' }]);
    await vending.close();
  });
});
