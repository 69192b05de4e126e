import { randomBytes } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import type { ServingSide } from '#libs/tokens';

import { ManualClock } from '../fakes/manual-clock.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { RedisServer } from '../support/redis-server.ts';
import { servingSideOver } from '../support/serving-side.ts';
import { nameOf, recordOf, statusRecordOf } from '../support/store-fixtures.ts';

const name = nameOf('aem-dev');
const TOKEN_KEY = 't:{aem-dev}:token';
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);
/** Every token is checked for loss within so many polls. */
const POLLS = 8;

const stores: RedisTokenStore[] = [];

function connect(url: string): ServingSide & { readonly store: RedisTokenStore } {
  const store = new RedisTokenStore({ address: parseRedisUrl(url), keyPrefix: 't', sealingKeys });
  stores.push(store);
  return { store, ...servingSideOver(store, new ManualClock()) };
}

async function pollRound({ sync }: ServingSide): Promise<void> {
  for (let poll = 0; poll < POLLS; poll += 1) expect(await sync.poll()).toBe(true);
}

afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

describe('a token that Redis lost, over a process that caches it', () => {
  let server: RedisServer;
  let admin: Redis;

  beforeEach(async () => {
    server = await RedisServer.start();
    admin = new Redis(server.url);
  });
  afterEach(async () => {
    admin.disconnect();
    await server.stop();
  });

  /** Publishes a token and a status record, and returns the process that caches both. */
  async function published() {
    const holder = connect(server.url);
    await holder.sync.publish(recordOf(name, 3));
    await holder.sync.publishStatus(statusRecordOf(name));
    return holder;
  }

  it.each([
    ['its key is deleted', () => admin.del(TOKEN_KEY)],
    ['its catalog is deleted', () => admin.del('t:credentials')],
    ['its status record is deleted', () => admin.hdel('t:credentials', 'r:aem-dev')],
    ['its generation is deleted from the catalog', () => admin.hdel('t:credentials', 'g:aem-dev')],
    ['everything is flushed', () => admin.flushall()],
  ])('is back within a round of polls when %s', async (_, lose) => {
    const holder = await published();
    await lose();
    await pollRound(holder);
    expect(await holder.store.read(name)).toEqual({ status: 'found', record: recordOf(name, 3) });
    expect(await holder.store.list()).toEqual([
      { name, generation: 3, removed: false, status: statusRecordOf(name) },
    ]);
  });

  it.each([
    ['damaged in place', () => admin.hset(TOKEN_KEY, 'sealed', 'garbage')],
    ['deleted from its hash', () => admin.hdel(TOKEN_KEY, 'sealed')],
    ['replaced by an older generation', () => admin.hset(TOKEN_KEY, 'generation', '1')],
  ])('is written again when the sealed token is %s', async (_, damage) => {
    const holder = await published();
    await damage();
    await pollRound(holder);
    const stored = await connect(server.url).store.read(name);
    expect(stored).toMatchObject({ status: 'found' });
    expect(stored.status === 'found' && stored.record.token.sha256).toBe(recordOf(name, 3).token.sha256);
    expect(holder.tokens.get(name)?.cached?.token.sha256).toBe(recordOf(name, 3).token.sha256);
  });

  it.each(['volatile-lru', 'allkeys-lru'])('is back after an eviction under %s', async (policy) => {
    const holder = await published();
    await admin.config('SET', 'maxmemory-policy', policy);
    const used = /used_memory:(\d+)/.exec(await admin.info('memory'))?.[1];
    await admin.config('SET', 'maxmemory', String(Number(used) + 2_000_000));
    for (let index = 0; (await admin.exists(TOKEN_KEY)) === 1; index += 1) {
      await admin.set(`junk:${index}`, 'x'.repeat(50_000), 'EX', 3_600);
      await admin.get(`junk:${index}`);
    }
    await admin.config('SET', 'maxmemory', '0');
    await pollRound(holder);
    expect(await holder.store.read(name)).toEqual({ status: 'found', record: recordOf(name, 3) });
    expect(await holder.store.list()).toMatchObject([{ name, generation: 3, removed: false }]);
  });

  it('is written over an old snapshot that Redis was restored from', async () => {
    const holder = await published();
    const snapshot = await admin.dumpBuffer(TOKEN_KEY);
    await holder.sync.publish(recordOf(name, 4));
    await admin.restore(TOKEN_KEY, 0, snapshot, 'REPLACE');
    await admin.hset('t:credentials', 'g:aem-dev', '3');
    await pollRound(holder);
    expect(await holder.store.read(name)).toEqual({ status: 'found', record: recordOf(name, 4) });
  });

  it('stays in service when a planted mark in the catalog says that it was removed', async () => {
    const holder = await published();
    await admin.hset('t:credentials', 'x:aem-dev', '1700000000');
    await pollRound(holder);
    expect(holder.tokens.get(name)?.cached?.record).toEqual(recordOf(name, 3));
    const newcomer = connect(server.url);
    await pollRound(newcomer);
    expect(newcomer.tokens.get(name)?.cached?.record).toEqual(recordOf(name, 3));
  });

  it('stays in service when a planted generation is far ahead, and the next publication repairs it', async () => {
    const holder = await published();
    await admin.hset('t:credentials', 'g:aem-dev', '999999999999');
    await pollRound(holder);
    expect(holder.tokens.get(name)?.cached?.record).toEqual(recordOf(name, 3));
    await holder.sync.publish(recordOf(name, 4));
    expect(await holder.store.list()).toMatchObject([{ name, generation: 4 }]);
  });

  it('stays out of service after a real removal', async () => {
    const holder = await published();
    const other = connect(server.url);
    await other.sync.poll();
    await holder.sync.remove(name);
    await pollRound(other);
    expect(other.tokens.get(name)).toBeUndefined();
    await pollRound(holder);
    expect(await other.store.read(name)).toEqual({ status: 'removed', generation: 4 });
  });
});

describe('tokens of a Cluster that lost one shard', () => {
  let cluster: RedisCluster;

  beforeAll(async () => {
    cluster = await RedisCluster.start();
  });
  afterAll(() => cluster.stop());

  it('are all back within a round of polls', async () => {
    const holder = connect(cluster.url);
    const names = Array.from({ length: 30 }, (_, index) => nameOf(`aem-${index}`));
    await expect.poll(() => holder.sync.poll(), { timeout: 20_000 }).toBe(true);
    for (const each of names) await holder.sync.publish(recordOf(each, 2));
    const admin = new Redis(cluster.nodes[0]?.url ?? '');
    // A replica refuses to be flushed; its master is flushed then.
    const role = await admin.role();
    const master = role[0] === 'slave' ? new Redis(Number(role[2]), String(role[1])) : admin;
    await master.flushall();
    admin.disconnect();
    master.disconnect();
    await pollRound(holder);
    for (const each of names) {
      expect(await holder.store.read(each)).toEqual({ status: 'found', record: recordOf(each, 2) });
    }
    expect(await holder.store.list()).toHaveLength(names.length);
  });
});
