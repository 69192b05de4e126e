import { randomBytes } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { millis } from '#libs/tokens';

import { nameOf, PATIENCE, recordOf } from '../support/store-fixtures.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { RedisSentinels } from '../support/redis-sentinel.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { RedisTraffic } from '../support/redis-traffic.ts';

const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);
const SOON = 500;
/** The store's own deadlines, one a step, and as much again for a machine that is busy. */
const SLOWEST_STEP = 20_000;

interface Topology {
  readonly url: string;
  isWell(): Promise<void>;
  stop(): Promise<void>;
}

/** What must hold wherever another server takes the place of a master. */
function describeFailOver<T extends Topology>(
  kind: string,
  start: () => Promise<T>,
  masterOf: (topology: T, key: string) => Promise<RedisServer>,
): void {
  describe(`RedisTokenStore ${kind}`, () => {
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

    /** Traffic from before the trouble until long after it, and what must be true of it. */
    const comesThrough = async (trouble: () => Promise<void>) => {
      const name = nameOf(`aem-${++count}`);
      const traffic = new RedisTraffic(name, connect(), connect());
      await vi.waitFor(() => expect(traffic.seen.length).toBeGreaterThan(10), PATIENCE);
      await trouble();
      const [refused, polls] = [traffic.refused, traffic.seen.length];
      // It hurts, and then it heals by itself.
      await vi.waitFor(() => expect(traffic.refused).toBeGreaterThan(refused), PATIENCE);
      const before = traffic.accepted;
      await vi.waitFor(() => {
        expect(traffic.accepted).toBeGreaterThan(before);
        expect(traffic.seen.length).toBeGreaterThan(polls + 10);
      }, PATIENCE);
      const last = await traffic.stop();
      expect(traffic.surprises).toEqual([]);
      expect(traffic.seen).toEqual(traffic.seen.toSorted((a, b) => a - b));
      expect(traffic.slowest).toBeLessThan(SLOWEST_STEP);
      expect(last).toBeGreaterThanOrEqual(traffic.seen.at(-1) ?? 0);
      expect(await connect().read(name)).toMatchObject({ status: 'found', record: { generation: last } });
    };

    it('goes on by itself after a master is killed: everything is done or refused, and no generation goes down', async () => {
      const killed = await masterOf(topology, 't:catalog');
      await comesThrough(() => killed.kill());
      expect(await masterOf(topology, 't:catalog')).not.toBe(killed);
      await killed.restart();
      await topology.isWell();
    });

    it('goes on by itself after a master hangs, and after that one wakes again', async () => {
      const hanging = await masterOf(topology, 't:catalog');
      await comesThrough(async () => hanging.pause());
      hanging.resume();
      const store = connect();
      const name = nameOf(`aem-${++count}`);
      let generation = 0;
      await vi.waitFor(() => store.publish(recordOf(name, ++generation)), PATIENCE);
      expect(await store.read(name)).toMatchObject({ status: 'found', record: { generation } });
    });

    it('hears hints again, and leases again', async () => {
      const [store, other] = [connect(), connect()];
      const name = nameOf(`aem-${++count}`);
      const heard: string[] = [];
      other.watch((hinted) => heard.push(hinted));
      let generation = 0;
      await vi.waitFor(async () => {
        await store.publish(recordOf(name, ++generation));
        expect(heard).toContain(name);
      }, PATIENCE);
      const lease = await store.acquireLease(name, millis(60_000));
      expect(await other.acquireLease(name, millis(60_000))).toBeNull();
      await lease?.release();
      expect(await other.acquireLease(name, millis(60_000))).not.toBeNull();
    });
  });
}

describeFailOver(
  'with Sentinels',
  () => RedisSentinels.start({ downAfter: SOON }),
  (sentinels) => sentinels.master(),
);

describeFailOver(
  'on a Cluster',
  () => RedisCluster.start({ nodeTimeout: 2 * SOON }),
  (cluster, key) => cluster.masterOf(key),
);
