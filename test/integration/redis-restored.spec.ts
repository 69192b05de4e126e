import { hash } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';

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

beforeAll(async () => {
  [workplace, redis] = await Promise.all([makeWorkplace(CALLERS), RedisServer.start()]);
  await workplace.addCredential('aem-dev');
  admin = new Redis(redis.url);
});

afterAll(async () => {
  admin.disconnect();
  await workplace.close();
  await redis.stop();
});

const start = () =>
  ServiceProcess.start({
    REDIS_URL: redis.url,
    TOKEN_ENCRYPTION_KEYS: SEALING_KEY,
    CALLERS_FILE: workplace.callersFile,
    CREDENTIAL_SOURCE: 'files',
    CREDENTIAL_DIR: workplace.credentialFolder,
    IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
  });

const headers = { authorization: `Bearer ${DEMO_KEY}`, 'content-type': 'application/json' };

/** The token that a process vends, once it vends one. */
async function tokenOf({ origin }: ServiceProcess): Promise<string> {
  const answer = await eventually(
    () => fetch(`${origin}/v1/tokens/aem-dev`, { headers }),
    ({ status }) => status === 200,
  );
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Everything in Redis, as a snapshot has it. */
async function snapshot(): Promise<() => Promise<void>> {
  const keys = await admin.keys('*');
  const values = await Promise.all(keys.map(async (key) => [key, await admin.dumpBuffer(key)] as const));
  return async () => {
    await admin.flushall();
    for (const [key, value] of values) await admin.restore(key, 0, value);
  };
}

it('a token that was revoked is not vended after Redis was restored and every process restarted', async () => {
  const first = await start();
  const leaked = await tokenOf(first);
  const restore = await snapshot();
  const body = JSON.stringify({ token_sha256: hash('sha256', leaked, 'hex') });
  const revoked = await eventually(
    () => fetch(`${first.origin}/v1/tokens/aem-dev/revoke`, { method: 'POST', headers, body }),
    ({ status }) => status === 200,
  );
  expect(await revoked.json()).toMatchObject({ revoked: true });
  await first.stop();
  await restore();
  const [one, other] = await Promise.all([start(), start()]);
  const tokens = await Promise.all([tokenOf(one), tokenOf(other)]);
  expect(tokens).not.toContain(leaked);
  for (const token of tokens) {
    const aem = await fetch(`${workplace.imsOrigin}/aem/`, { headers: { authorization: `Bearer ${token}` } });
    expect(aem.status).toBe(200);
  }
  const [log, otherLog] = [one, other].map(({ logLines }) => logLines.join(''));
  expect(`${log} ${otherLog}`).toContain('"event":"token.found-revoked"');
  await Promise.all([one.stop(), other.stop()]);
});

it('a good token is vended again after a restart, without another exchange', async () => {
  const first = await start();
  const before = await tokenOf(first);
  await first.stop();
  const second = await start();
  expect(await tokenOf(second)).toBe(before);
  await second.stop();
});
