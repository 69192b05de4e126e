import { randomBytes } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';

import { nameOf, recordOf, statusRecordOf } from '../support/store-fixtures.ts';
import { RedisServer } from '../support/redis-server.ts';

const MARK = 'marked-access-token';
const [dev, stage] = [nameOf('aem-dev'), nameOf('aem-stage')];
const [k1, k2] = ['k1', 'k2'].map((kid) => `${kid}:${randomBytes(32).toString('base64')}`);

describe('Tokens in Redis', () => {
  let server: RedisServer;
  let admin: Redis;
  const stores: RedisTokenStore[] = [];
  const connect = (keys = `${k1}`, keyPrefix = 't') => {
    const sealingKeys = SealingKeys.parse(keys);
    const store = new RedisTokenStore({ address: parseRedisUrl(server.url), keyPrefix, sealingKeys });
    stores.push(store);
    return store;
  };
  const keyOf = (name: string, prefix = 't') => `${prefix}:{${name}}:token`;

  beforeAll(async () => {
    server = await RedisServer.start();
    admin = new Redis(server.url);
  });
  beforeEach(async () => {
    await admin.flushall();
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    admin.disconnect();
    await server.stop();
  });

  it('appear in plain text in no key, field, value or hint', async () => {
    const store = connect();
    const listener = new Redis(server.url);
    const everything: string[] = [];
    listener.on('pmessage', (_pattern, channel, message) => everything.push(channel, message));
    await listener.psubscribe('*');
    for (const generation of [1, 2]) await store.publish(recordOf(dev, generation, MARK));
    await store.publish(recordOf(stage, 1, MARK));
    await store.writeStatus(statusRecordOf(dev), 9);
    for (const key of await admin.keys('*'))
      everything.push(key, ...Object.entries(await admin.hgetall(key)).flat());
    listener.disconnect();
    expect(everything.length).toBeGreaterThan(10);
    const seen = everything.flatMap((text) =>
      text.split('.').flatMap((part) => [part, Buffer.from(part, 'base64url').toString('latin1')]),
    );
    for (const text of [...everything, ...seen]) expect(text).not.toContain(MARK);
  });

  it('are read beside a report of the source that a user of Redis cannot plant', async () => {
    const store = connect();
    const report = { ok: true, detail: '1 credential', skipped: [] };
    await store.writeSourceReport(report);
    const sealed = (await admin.hget('t:source', 'report')) ?? '';
    expect(await store.readSourceReport()).toEqual(report);
    await store.publish(recordOf(dev, 1, MARK));
    const elsewhere = await admin.hget(keyOf(dev), 'sealed');
    for (const planted of [
      JSON.stringify(report),
      '',
      `${sealed.slice(0, -4)}AAAA`,
      elsewhere ?? '',
      'x'.repeat(2_000_000),
    ]) {
      await admin.hset('t:source', 'report', planted);
      expect(await store.readSourceReport()).toBeNull();
    }
    await admin.hset('u:source', 'report', sealed);
    expect(await connect(k1, 'u').readSourceReport()).toBeNull();
  });

  it('are refused after a move to another credential', async () => {
    const store = connect();
    await store.publish(recordOf(dev, 1));
    await store.publish(recordOf(stage, 1));
    await admin.hset(keyOf(dev), await admin.hgetall(keyOf(stage)));
    expect(await store.read(dev)).toEqual({ status: 'tampered', generation: 1 });
    expect(await store.read(stage)).toMatchObject({ status: 'found' });
  });

  it('are refused when an older one replaces the current one', async () => {
    const store = connect();
    await store.publish(recordOf(dev, 1));
    const old = await admin.hget(keyOf(dev), 'sealed');
    await store.publish(recordOf(dev, 2));
    await admin.hset(keyOf(dev), { sealed: old });
    expect(await store.read(dev)).toEqual({ status: 'tampered', generation: 2 });
  });

  it('are refused after a move from another key prefix', async () => {
    const [store, elsewhere] = [connect(), connect(k1, 'u')];
    await store.publish(recordOf(dev, 1));
    await admin.copy(keyOf(dev), keyOf(dev, 'u'));
    expect(await elsewhere.read(dev)).toEqual({ status: 'tampered', generation: 1 });
  });

  it('are refused when altered or truncated, and replaced by the next publication', async () => {
    const store = connect();
    await store.publish(recordOf(dev, 1));
    const sealed = (await admin.hget(keyOf(dev), 'sealed')) ?? '';
    const middle = sealed.length >> 1;
    const altered = sealed.slice(0, middle) + (sealed[middle] === 'A' ? 'B' : 'A') + sealed.slice(middle + 1);
    for (const value of [altered, sealed.slice(0, -6), '', 'garbage']) {
      await admin.hset(keyOf(dev), { sealed: value });
      expect(await store.read(dev)).toEqual({ status: 'tampered', generation: 1 });
    }
    await store.publish(recordOf(dev, 2));
    expect(await store.read(dev)).toMatchObject({ status: 'found', record: { generation: 2 } });
  });

  it('stay readable during a key rotation', async () => {
    const [before, during, after] = [connect(k1), connect(`${k2},${k1}`), connect(k2)];
    await before.publish(recordOf(dev, 1));
    expect(await during.read(dev)).toMatchObject({ status: 'found' });
    expect(await after.read(dev)).toEqual({ status: 'unknown-key', generation: 1 });
    await during.publish(recordOf(dev, 2));
    expect(await after.read(dev)).toMatchObject({ status: 'found', record: { generation: 2 } });
    expect(await before.read(dev)).toEqual({ status: 'unknown-key', generation: 2 });
  });
});
