import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { RedisServer } from '../support/redis-server.ts';
import { eventually } from '../support/eventually.ts';
import { makeWorkplace, ready } from '../support/token-service.ts';
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

const exchanges = async (): Promise<number> => {
  const { byClient } = (await (await workplace.control('GET', '/requests')).json()) as {
    byClient: Record<string, { issued: number }>;
  };
  return Object.values(byClient).reduce((sum, { issued }) => sum + issued, 0);
};

describe('Token service on Redis', () => {
  it('vends the token in Redis after a restart, without an exchange', async () => {
    const first = await workplace.startService(env);
    await ready(first);
    const before = await (await first.get('/v1/tokens/aem-dev')).text();
    await first.close();
    const second = await workplace.startService(env);
    await ready(second);
    const after = await (await second.get('/v1/tokens/aem-dev')).text();
    expect((JSON.parse(after) as { access_token: string }).access_token).toBe(
      (JSON.parse(before) as { access_token: string }).access_token,
    );
    expect(await exchanges()).toBe(1);
  });

  it('passes a new token to a second process', async () => {
    const [one, two] = [await workplace.startService(env), await workplace.startService(env)];
    await Promise.all([ready(one), ready(two)]);
    const tag = async (service: typeof one): Promise<string | null> =>
      (await service.get('/v1/tokens/aem-dev')).headers.get('etag');
    const before = await tag(two);
    await workplace.addCredential('aem-dev');
    one.lookNow();
    await eventually(
      () => tag(two),
      (now) => now !== null && now !== before,
    );
  });

  it('vends and refreshes while Redis is down, and writes its tokens after the restart', async () => {
    const service = await workplace.startService(env);
    await ready(service);
    await redis.kill();
    const metric = async (name: string): Promise<string> =>
      new RegExp(`^${name} (.*)$`, 'm').exec(await (await service.get('/metrics')).text())?.[1] ?? '';
    await eventually(
      () => metric('ims_token_store_up'),
      (value) => value === '0',
    );
    expect((await service.get('/v1/tokens/aem-dev')).status).toBe(200);
    expect((await service.get('/readyz')).status).toBe(200);
    await workplace.addCredential('aem-other');
    service.lookNow();
    await eventually(
      () => service.get('/v1/tokens/aem-other'),
      ({ status }) => status === 200,
    );
    await redis.restart();
    await eventually(
      () => metric('ims_token_store_up'),
      (value) => value === '1',
    );
    // Redis restarts empty. A new process finds the tokens there and needs no exchange.
    const before = await exchanges();
    const another = await workplace.startService(env);
    await ready(another);
    for (const name of ['aem-dev', 'aem-other']) {
      expect((await another.get(`/v1/tokens/${name}`)).status).toBe(200);
    }
    expect(await exchanges()).toBe(before);
  });

  it('starts and vends without Redis, and logs store.down', async () => {
    await redis.kill();
    const service = await workplace.startService(env);
    await ready(service);
    expect((await service.get('/v1/tokens/aem-dev')).status).toBe(200);
    expect(service.logLines.join('')).toContain('"event":"store.down"');
  });
});
