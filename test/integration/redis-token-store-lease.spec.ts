import { randomBytes } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { millis, StoreUnavailable } from '#libs/tokens';

import { nameOf, EVENTUALLY } from '../support/store-fixtures.ts';
import { RedisServer } from '../support/redis-server.ts';

const LONG = millis(600_000);
const name = nameOf('aem-dev');
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);

describe('RedisTokenStore.acquireLease', () => {
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

  it('sets a key with a random owner and an expiry', async () => {
    await store.acquireLease(name, LONG);
    const admin = new Redis(server.url);
    const key = 't:{aem-dev}:lease';
    const owner = await admin.get(key);
    expect(owner).toMatch(/^k1\.\S{22} [0-9a-f-]{36} \d{13}$/);
    const left = await admin.pttl(key);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(LONG);
    await admin.del(key);
    await other.acquireLease(name, LONG);
    expect(await admin.get(key)).not.toBe(owner);
    admin.disconnect();
  });

  it('releases a lease whose grant never arrived', async () => {
    server.pause();
    await expect(store.acquireLease(name, LONG)).rejects.toBeInstanceOf(StoreUnavailable);
    server.resume();
    await vi.waitFor(async () => expect(await other.acquireLease(name, LONG)).not.toBeNull(), EVENTUALLY);
  });

  it('resolves a release while Redis is down, and grants the lease after a restart', async () => {
    const lease = await store.acquireLease(name, LONG);
    await server.kill();
    await expect(lease?.release()).resolves.toBeUndefined();
    await expect(other.acquireLease(name, LONG)).rejects.toBeInstanceOf(StoreUnavailable);
    await server.restart();
    await vi.waitFor(async () => expect(await other.acquireLease(name, LONG)).not.toBeNull(), EVENTUALLY);
  });
});
