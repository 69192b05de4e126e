import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { millis, StoreUnavailable } from '#libs/tokens';

import { nameOf, PATIENCE, recordOf, reportOf } from '../support/store-fixtures.ts';
import { Cable } from '../support/redis-cable.ts';
import { RedisServer } from '../support/redis-server.ts';

const PASSWORD = 'marked+password';
const name = nameOf('aem-dev');
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);

/** Two seconds, and as much again for a machine that is busy; without a deadline these tests would take for ever. */
const DEADLINE = 4_000;

describe('RedisTokenStore when its Redis is in trouble', () => {
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
    store.writeStatus(reportOf(name)),
    store.remove(name, 2),
    store.markOnce(name, 'mark'),
    store.acquireLease(name, millis(1_000)),
  ];
  /** What every operation fails with, in time and without the password; one message where all say the same. */
  const troubleWith = async (store: RedisTokenStore) => {
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

  it('is made without waiting, and its first question waits for the connection', async () => {
    expect(await connect().list()).toEqual([]);
  });

  it('fails at once when Redis is killed, and works again by itself when it is back, hints included', async () => {
    const [store, other] = [connect(), connect()];
    const heard: string[] = [];
    other.watch((hinted) => heard.push(hinted));
    let generation = 1;
    const publishUntilHeard = () =>
      vi.waitFor(async () => {
        await store.publish(recordOf(name, ++generation));
        expect(heard).toContain(name);
      }, PATIENCE);
    await publishUntilHeard();

    await server.kill();
    expect(await troubleWith(store)).toMatch(/nothing listens|down or restarting/);
    expect(await troubleWith(store)).toMatch(/nothing listens|down or restarting/);

    await server.restart();
    await vi.waitFor(async () => expect(await store.list()).toEqual([]), PATIENCE);
    heard.length = 0;
    await publishUntilHeard();
  });

  it('lets go of what is under way when Redis is killed', async () => {
    const store = connect();
    await store.list();
    server.pause();
    const underWay = Promise.allSettled(everyOperation(store));
    await server.kill();
    for (const { status } of await underWay) expect(status).toBe('rejected');
  });

  it('keeps to its deadline when Redis hangs, and goes on when it wakes', async () => {
    const store = connect();
    await store.publish(recordOf(name, 1));
    server.pause();
    expect(await troubleWith(store)).toMatch(/did not answer in time/);
    server.resume();
    await vi.waitFor(async () => expect(await store.list()).toHaveLength(1), PATIENCE);
  });

  it('keeps to its deadline when Redis hangs from the start', async () => {
    server.pause();
    expect(await troubleWith(connect())).toMatch(/did not answer in time/);
  });

  it('gives up a connection whose peer is gone without a word, and makes another', async () => {
    const cable = await Cable.to(server.port);
    const store = connect(server.url.replace(String(server.port), String(cable.port)));
    await store.list();
    cable.cut();
    expect(await troubleWith(store)).toMatch(/did not answer in time/);
    await vi.waitFor(async () => expect(await store.list()).toEqual([]), PATIENCE);
    cable.remove();
  });

  it('says so when the password is wrong, or missing', async () => {
    const at = `127.0.0.1:${server.port}`;
    const wrong = connect(`redis://:wrong@${at}`);
    const missing = connect(`redis://${at}`);
    // A connection that breaks while it is asked says only that.
    await vi.waitFor(
      async () => expect(await troubleWith(wrong)).toMatch(/refused the password: correct REDIS_URL/),
      PATIENCE,
    );
    await vi.waitFor(async () => expect(await troubleWith(missing)).toMatch(/asks for a password/), PATIENCE);
  });

  it('says so when Redis is a read-only replica, or out of memory', async () => {
    const store = connect();
    const admin = new Redis(server.url);
    await admin.replicaof('127.0.0.1', 1);
    await expect(store.publish(recordOf(name, 1))).rejects.toThrow(/read-only replica/);
    await admin.replicaof('NO', 'ONE');
    await admin.config('SET', 'maxmemory', '1');
    // A read-only replica was a primary once: the store has gone to look for the new one.
    await vi.waitFor(
      () => expect(store.publish(recordOf(name, 1))).rejects.toThrow(/out of memory/),
      PATIENCE,
    );
    admin.disconnect();
  });

  it.each(['up', 'down', 'hanging', 'never there'])(
    'closes within a second when Redis is %s',
    async (state) => {
      const url = state === 'never there' ? 'redis://:pw@192.0.2.1' : server.url;
      const store = connect(url);
      store.watch(() => undefined);
      if (state !== 'never there') await store.list();
      if (state === 'down') await server.kill();
      if (state === 'hanging') server.pause();
      const start = performance.now();
      await store.close();
      expect(performance.now() - start).toBeLessThan(1_500);
      await expect(store.list()).rejects.toBeInstanceOf(StoreUnavailable);
    },
  );
});
