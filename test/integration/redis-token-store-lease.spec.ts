import { randomBytes } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { millis, StoreUnavailable } from '#libs/tokens';

import { nameOf, PATIENCE } from '../support/store-fixtures.ts';
import { RedisServer } from '../support/redis-server.ts';

const LONG = millis(600_000);
const name = nameOf('aem-dev');
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);

describe('the lease of a RedisTokenStore', () => {
  let server: RedisServer;
  let store: RedisTokenStore;
  let other: RedisTokenStore;
  const connect = () =>
    new RedisTokenStore({ address: parseRedisUrl(server.url), keyPrefix: 't', sealingKeys });

  beforeEach(async () => {
    server = await RedisServer.start();
    [store, other] = [connect(), connect()];
    await Promise.all([store.list(), other.list()]);
  });
  afterEach(async () => {
    await Promise.all([store.close(), other.close()]);
    await server.stop();
  });

  it('is a key with a random owner that goes away by itself', async () => {
    await store.acquireLease(name, LONG);
    const admin = new Redis(server.url);
    const key = 't:{aem-dev}:lease';
    const owner = await admin.get(key);
    expect(owner).toMatch(/^[0-9a-f-]{36}$/);
    const left = await admin.pttl(key);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(LONG);
    await admin.del(key);
    await other.acquireLease(name, LONG);
    expect(await admin.get(key)).not.toBe(owner);
    admin.disconnect();
  });

  it('is given back where it was granted without anybody hearing of it', async () => {
    server.pause();
    await expect(store.acquireLease(name, LONG)).rejects.toBeInstanceOf(StoreUnavailable);
    server.resume();
    await vi.waitFor(async () => expect(await other.acquireLease(name, LONG)).not.toBeNull(), PATIENCE);
  });

  it('can be given back to a Redis that is dead, and is gone from the one that follows', async () => {
    const lease = await store.acquireLease(name, LONG);
    await server.kill();
    await expect(lease?.release()).resolves.toBeUndefined();
    await expect(other.acquireLease(name, LONG)).rejects.toBeInstanceOf(StoreUnavailable);
    await server.restart();
    await vi.waitFor(async () => expect(await other.acquireLease(name, LONG)).not.toBeNull(), PATIENCE);
  });
});
