import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';

import { nameOf, recordOf } from '../support/store-fixtures.ts';
import { RedisSentinels } from '../support/redis-sentinel.ts';

const PASSWORD = 'marked+password';
const name = nameOf('aem-dev');
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);

describe('RedisTokenStore with Sentinels that require a password', () => {
  let sentinels: RedisSentinels;
  const stores: RedisTokenStore[] = [];
  const connect = (url = sentinels.url) => {
    const store = new RedisTokenStore({ address: parseRedisUrl(url), keyPrefix: 't', sealingKeys });
    stores.push(store);
    return store;
  };
  const messageOf = async (url: string) => {
    const error: unknown = await connect(url)
      .list()
      .catch((reason: unknown) => reason);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(PASSWORD);
    return error instanceof Error ? error.message : 'no error';
  };

  beforeAll(async () => {
    sentinels = await RedisSentinels.start({ password: PASSWORD });
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });
  afterAll(() => sentinels.stop());

  it('logs in to the Sentinels', async () => {
    const store = connect();
    await store.publish(recordOf(name, 1));
    expect(await store.read(name)).toMatchObject({ status: 'found' });
  });

  it('names the wrong setting: the password or the name of the master', async () => {
    const bare = sentinels.url.replace(/\?.*/, '');
    expect(await messageOf(bare)).toMatch(/add \?sentinelPassword=/);
    expect(await messageOf(`${bare}?sentinelPassword=wrong`)).toMatch(/sentinelPassword/);
    expect(await messageOf(sentinels.url.replace('/main', '/other'))).toMatch(/name of the master/);
  });

  it('finds the master by any running Sentinel, and reports that none is running', async () => {
    await sentinels.killSentinels(2);
    expect(await connect().list()).toHaveLength(1);
    await sentinels.killSentinels(3);
    expect(await messageOf(sentinels.url)).toMatch(/none of these addresses/);
  });

  it('fails at once while no Sentinel is running', async () => {
    const store = connect();
    await expect(store.list()).rejects.toThrow(/none of these addresses/);
    const start = performance.now();
    await expect(store.list()).rejects.toThrow(/none of these addresses/);
    await store.close();
    expect(performance.now() - start).toBeLessThan(15_000);
  });
});
