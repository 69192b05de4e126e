import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { RedisServer } from '../support/redis-server.ts';
import { makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let redis: RedisServer;
let env: Record<string, string>;

beforeEach(async () => {
  [workplace, redis] = await Promise.all([makeWorkplace(), RedisServer.start()]);
  env = { REDIS_URL: redis.url, TOKEN_ENCRYPTION_KEYS: SEALING_KEY };
  await workplace.addCredential('aem-dev');
});

afterEach(async () => {
  await workplace.close();
  await redis.stop();
});

/** Expects that the service is not ready, and refuses every name as one that it may not know yet. */
async function expectStarting(service: RunningService): Promise<void> {
  expect((await service.get('/readyz')).status).toBe(503);
  for (const name of ['aem-dev', 'aem-other']) {
    const answer = await service.get(`/v1/tokens/${name}`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(await answer.json()).toMatchObject({ code: 'starting' });
  }
}

const storePolls = (service: RunningService): Promise<unknown> =>
  eventually(
    async () => service.logLines.some((line) => /"event":"store\.(?:up|down)"/.test(line)),
    (hasPolled) => hasPolled,
  );

describe('a process that does not know its credentials yet', () => {
  it('is not ready while Redis is down and its source cannot be read, and is ready once Redis is back', async () => {
    const first = await workplace.startService(env);
    await ready(first);
    await first.close();
    await redis.kill();
    const folder = `${workplace.credentialFolder}-missing`;
    const service = await workplace.startService({ ...env, CREDENTIAL_DIR: folder });
    await storePolls(service);
    await expectStarting(service);
    await redis.restart();
    const filled = await workplace.startService(env);
    await ready(filled);
    await ready(service);
    expect((await service.get('/v1/tokens/aem-dev')).status).toBe(200);
    expect((await service.get('/v1/tokens/aem-other')).status).toBe(404);
  });

  it('is ready while Redis is down if its source can be read', async () => {
    await redis.kill();
    const service = await workplace.startService(env);
    await ready(service);
    expect((await service.get('/v1/tokens/aem-dev')).status).toBe(200);
  });

  it('is not ready in the role vend until a process with credentials has written to Redis', async () => {
    const vending = await workplace.startService({ ...env, SERVICE_ROLE: 'vend' });
    await storePolls(vending);
    await expectStarting(vending);
    const refreshing = await workplace.startService(env);
    await ready(refreshing);
    await ready(vending);
    expect((await vending.get('/v1/tokens/aem-dev')).status).toBe(200);
    expect((await vending.get('/v1/tokens/aem-other')).status).toBe(404);
  });

  it('is ready in the role vend when a process with credentials has none', async () => {
    await workplace.remove('aem-dev');
    const refreshing = await workplace.startService(env);
    await ready(refreshing);
    const vending = await workplace.startService({ ...env, SERVICE_ROLE: 'vend' });
    await ready(vending);
    expect((await vending.get('/v1/tokens/aem-dev')).status).toBe(404);
  });
});
