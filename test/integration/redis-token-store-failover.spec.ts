import { randomBytes } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { millis } from '#libs/tokens';

import { nameOf, EVENTUALLY, recordOf } from '../support/store-fixtures.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { RedisSentinels } from '../support/redis-sentinel.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { RedisTraffic } from '../support/redis-traffic.ts';

const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);
/** Time until a master without answers is replaced, in milliseconds. */
const DOWN_AFTER = 500;
/** The deadlines of one step of the traffic, doubled for a busy machine, in milliseconds. */
const MAX_STEP = 20_000;

interface Topology {
  readonly url: string;
  isWell(): Promise<void>;
  stop(): Promise<void>;
}

/** The behaviour during a failover, for any topology with one. */
function describeFailover<T extends Topology>(
  kind: string,
  start: () => Promise<T>,
  masterOf: (topology: T, key: string) => Promise<RedisServer>,
): void {
  describe(`RedisTokenStore failover ${kind}`, () => {
    let topology: T;
    let stores: RedisTokenStore[] = [];
    let count = 0;
    const connect = () => {
      const store = new RedisTokenStore({
        address: parseRedisUrl(topology.url),
        keyPrefix: 't',
        sealingKeys,
      });
      stores.push(store);
      return store;
    };

    beforeAll(async () => {
      topology = await start();
    });
    afterEach(async () => {
      await Promise.all(stores.map((store) => store.close()));
      stores = [];
    });
    afterAll(() => topology.stop());

    /** Runs traffic before, during and after a failure, and checks it. */
    const survives = async (failure: () => Promise<void>) => {
      const name = nameOf(`aem-${++count}`);
      const traffic = new RedisTraffic(name, connect(), connect());
      await vi.waitFor(() => expect(traffic.seen.length).toBeGreaterThan(10), EVENTUALLY);
      await failure();
      const [refused, polls] = [traffic.refused, traffic.seen.length];
      // Operations fail at first, and then succeed again.
      await vi.waitFor(() => expect(traffic.refused).toBeGreaterThan(refused), EVENTUALLY);
      const before = traffic.accepted;
      await vi.waitFor(() => {
        expect(traffic.accepted).toBeGreaterThan(before);
        expect(traffic.seen.length).toBeGreaterThan(polls + 10);
      }, EVENTUALLY);
      const last = await traffic.stop();
      expect(traffic.surprises).toEqual([]);
      expect(traffic.seen).toEqual(traffic.seen.toSorted((a, b) => a - b));
      expect(traffic.slowest).toBeLessThan(MAX_STEP);
      expect(last).toBeGreaterThanOrEqual(traffic.seen.at(-1) ?? 0);
      expect(await connect().read(name)).toMatchObject({ status: 'found', record: { generation: last } });
    };

    it('recovers after a master is killed: no error but StoreUnavailable, and no lower generation', async () => {
      const killed = await masterOf(topology, 't:credentials');
      await survives(() => killed.kill());
      expect(await masterOf(topology, 't:credentials')).not.toBe(killed);
      await killed.restart();
      await topology.isWell();
    });

    it('recovers after a master hangs, and after it resumes', async () => {
      const hanging = await masterOf(topology, 't:credentials');
      await survives(async () => hanging.pause());
      hanging.resume();
      await topology.isWell();
      const store = connect();
      const name = nameOf(`aem-${++count}`);
      let generation = 0;
      await vi.waitFor(() => store.publish(recordOf(name, ++generation)), EVENTUALLY);
      expect(await store.read(name)).toMatchObject({ status: 'found', record: { generation } });
    });

    it('gets hints and leases after the failover', async () => {
      const [store, other] = [connect(), connect()];
      const name = nameOf(`aem-${++count}`);
      const heard: string[] = [];
      other.watch((hinted) => heard.push(hinted));
      let generation = 0;
      await vi.waitFor(async () => {
        await store.publish(recordOf(name, ++generation));
        expect(heard).toContain(name);
      }, EVENTUALLY);
      const lease = await store.acquireLease(name, millis(60_000));
      expect(await other.acquireLease(name, millis(60_000))).toBeNull();
      await lease?.release();
      expect(await other.acquireLease(name, millis(60_000))).not.toBeNull();
    });
  });
}

describeFailover(
  'with Sentinels',
  () => RedisSentinels.start({ downAfter: DOWN_AFTER }),
  (sentinels) => sentinels.master(),
);

describeFailover(
  'on a Cluster',
  () => RedisCluster.start({ nodeTimeout: 2 * DOWN_AFTER }),
  (cluster, key) => cluster.masterOf(key),
);
