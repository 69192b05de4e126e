import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { millis, StoreUnavailable } from '#libs/tokens';

import { nameOf, EVENTUALLY, recordOf, statusRecordOf } from '../support/store-fixtures.ts';
import { BlackholeProxy } from '../support/redis-blackhole-proxy.ts';
import { RedisServer } from '../support/redis-server.ts';

const PASSWORD = 'marked+password';
const name = nameOf('aem-dev');
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);

/** The store's deadline of two seconds, ten times as long for a busy machine, in milliseconds. */
const DEADLINE = 20_000;

describe('RedisTokenStore during failures of Redis', () => {
  let server: RedisServer;
  const stores: RedisTokenStore[] = [];
  const connect = (url = server.url) => {
    const store = new RedisTokenStore({ address: parseRedisUrl(url), keyPrefix: 't', sealingKeys });
    stores.push(store);
    return store;
  };
  const everyOperation = (store: RedisTokenStore) => [
    store.list(),
    store.read(name),
    store.publish(recordOf(name, 1)),
    store.writeStatus(statusRecordOf(name), 9),
    store.remove(name, 2),
    store.markOnce(name, 'mark'),
    store.acquireLease(name, millis(1_000)),
  ];
  /** The distinct messages with which all operations fail, within the deadline and without the password. */
  const messagesOf = async (store: RedisTokenStore) => {
    const start = performance.now();
    const outcomes = await Promise.allSettled(everyOperation(store));
    expect(performance.now() - start).toBeLessThan(DEADLINE);
    const messages = outcomes.map((outcome) => {
      const reason: unknown = outcome.status === 'rejected' ? outcome.reason : outcome;
      expect(inspect(reason, { depth: 9, showHidden: true })).not.toContain(PASSWORD);
      return reason instanceof StoreUnavailable ? reason.message : `no StoreUnavailable: ${inspect(reason)}`;
    });
    return [...new Set(messages)].join('\n');
  };

  beforeEach(async () => {
    server = await RedisServer.start({ password: PASSWORD });
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await server.stop();
  });

  it('connects in the background, and the first operation waits for the connection', async () => {
    expect(await connect().list()).toEqual([]);
  });

  it('fails at once while Redis is down, and recovers with hints', async () => {
    const [store, other] = [connect(), connect()];
    const heard: string[] = [];
    other.watch((hinted) => heard.push(hinted));
    let generation = 1;
    const publishUntilHeard = () =>
      vi.waitFor(async () => {
        await store.publish(recordOf(name, ++generation));
        expect(heard).toContain(name);
      }, EVENTUALLY);
    await publishUntilHeard();

    await server.kill();
    expect(await messagesOf(store)).toMatch(/nothing listens|down or restarting/);
    expect(await messagesOf(store)).toMatch(/nothing listens|down or restarting/);

    await server.restart();
    await vi.waitFor(async () => expect(await store.list()).toEqual([]), EVENTUALLY);
    heard.length = 0;
    await publishUntilHeard();
  });

  it('rejects pending operations when Redis is killed', async () => {
    const store = connect();
    await store.list();
    server.pause();
    const underWay = Promise.allSettled(everyOperation(store));
    await server.kill();
    for (const { status } of await underWay) expect(status).toBe('rejected');
  });

  it('fails within the deadline while Redis hangs, and recovers', async () => {
    const store = connect();
    await store.publish(recordOf(name, 1));
    server.pause();
    expect(await messagesOf(store)).toMatch(/did not answer in time/);
    server.resume();
    await vi.waitFor(async () => expect(await store.list()).toHaveLength(1), EVENTUALLY);
  });

  it('fails within the deadline when Redis hangs from the start', async () => {
    server.pause();
    expect(await messagesOf(connect())).toMatch(/did not answer in time/);
  });

  it('replaces a connection that is dead but not closed', async () => {
    const proxy = await BlackholeProxy.start(server.port);
    const store = connect(server.url.replace(String(server.port), String(proxy.port)));
    await store.list();
    proxy.blackhole();
    expect(await messagesOf(store)).toMatch(/did not answer in time/);
    await vi.waitFor(async () => expect(await store.list()).toEqual([]), EVENTUALLY);
    proxy.close();
  });

  it('reports a wrong or missing password', async () => {
    const at = `127.0.0.1:${server.port}`;
    const wrong = connect(`redis://:wrong@${at}`);
    const missing = connect(`redis://${at}`);
    // If the connection breaks during an operation, the message says only that.
    await vi.waitFor(
      async () => expect(await messagesOf(wrong)).toMatch(/refused the password: correct REDIS_URL/),
      EVENTUALLY,
    );
    await vi.waitFor(
      async () => expect(await messagesOf(missing)).toMatch(/asks for a password/),
      EVENTUALLY,
    );
  });

  it('reports a read-only replica, and a Redis out of memory', async () => {
    const store = connect();
    const admin = new Redis(server.url);
    await admin.replicaof('127.0.0.1', 1);
    await expect(store.publish(recordOf(name, 1))).rejects.toThrow(/read-only replica/);
    await admin.replicaof('NO', 'ONE');
    await admin.config('SET', 'maxmemory', '1');
    // After READONLY the store reconnects, as the replica may have been the primary before.
    await vi.waitFor(
      () => expect(store.publish(recordOf(name, 1))).rejects.toThrow(/out of memory/),
      EVENTUALLY,
    );
    admin.disconnect();
  });

  it.each(['up', 'down', 'hanging', 'unreachable'])(
    'closes within a second while Redis is %s',
    async (state) => {
      const url = state === 'unreachable' ? 'redis://:pw@192.0.2.1' : server.url;
      const store = connect(url);
      store.watch(() => undefined);
      if (state !== 'unreachable') await store.list();
      if (state === 'down') await server.kill();
      if (state === 'hanging') server.pause();
      const start = performance.now();
      await store.close();
      expect(performance.now() - start).toBeLessThan(15_000);
      await expect(store.list()).rejects.toBeInstanceOf(StoreUnavailable);
    },
  );
});
