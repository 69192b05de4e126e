import { randomBytes } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { AccessToken, instant, later, millis, SystemClock, type TokenRecord } from '#libs/tokens';

import { RedisServer } from '../support/redis-server.ts';
import { servingSideOver } from '../support/serving-side.ts';
import { nameOf } from '../support/store-fixtures.ts';

const name = nameOf('aem-dev');
const KEY = 't:{aem-dev}:earlier';
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);
/** Every token is compared with the store within so many polls. */
const POLLS = 8;

const now = instant(Date.now());
const records: readonly TokenRecord[] = [1, 2, 3, 4].map((generation) => ({
  name,
  generation,
  token: new AccessToken(`token.${generation}`, now, later(now, millis(86_400_000))),
  version: 'v1',
}));
const EARLIER = records.slice(0, 3).toReversed();

describe('earlier tokens that Redis lost, over a process that had them in service', () => {
  let server: RedisServer;
  let admin: Redis;
  let store: RedisTokenStore;

  beforeEach(async () => {
    server = await RedisServer.start();
    admin = new Redis(server.url);
    store = new RedisTokenStore({ address: parseRedisUrl(server.url), keyPrefix: 't', sealingKeys });
  });
  afterEach(async () => {
    admin.disconnect();
    await store.close();
    await server.stop();
  });

  it.each([
    ['their key is deleted', () => admin.del(KEY)],
    ['one of them is deleted', () => admin.hdel(KEY, '2')],
    ['everything is flushed', () => admin.flushall()],
    [
      'their key is replaced by a planted one',
      async () => {
        await admin.del(KEY);
        const fields = Array.from({ length: 1_000 }, (_, index) => [`9${index}`, 'planted'] as const);
        await admin.hset(KEY, Object.fromEntries(fields));
      },
    ],
  ])('are back within a round of polls when %s', async (_, lose) => {
    const { sync } = servingSideOver(store, new SystemClock());
    for (const record of records) await sync.publish(record);
    expect(await store.readEarlier(name)).toEqual(EARLIER);
    await lose();
    for (let poll = 0; poll < POLLS; poll += 1) expect(await sync.poll()).toBe(true);
    expect(await store.readEarlier(name)).toEqual(EARLIER);
    expect(await admin.hlen(KEY)).toBe(3);
    expect(await admin.pttl(KEY)).toBeGreaterThan(0);
  });
});
