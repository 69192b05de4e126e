import { randomBytes } from 'node:crypto';

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';
import { StoreUnavailable } from '#libs/tokens';

import { nameOf, EVENTUALLY, recordOf } from '../support/store-fixtures.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { RedisServer } from '../support/redis-server.ts';

const name = nameOf('aem-dev');
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);
/** The store's deadline of two seconds, ten times as long for a busy machine, in milliseconds. */
const DEADLINE = 20_000;

describe('RedisTokenStore during failures of a Cluster', () => {
  let cluster: RedisCluster;
  let generation = 0;
  const stores: RedisTokenStore[] = [];
  const connect = (url = cluster.url) => {
    const store = new RedisTokenStore({ address: parseRedisUrl(url), keyPrefix: 't', sealingKeys });
    stores.push(store);
    return store;
  };
  /** The messages with which all operations fail, within the deadline. */
  const messagesOf = async (store: RedisTokenStore) => {
    const start = performance.now();
    const operations = [store.list(), store.read(name), store.publish(recordOf(name, ++generation))];
    const outcomes = await Promise.allSettled(operations);
    expect(performance.now() - start).toBeLessThan(DEADLINE);
    return outcomes.map((outcome) => {
      const reason: unknown = outcome.status === 'rejected' ? outcome.reason : 'no error';
      return reason instanceof StoreUnavailable ? reason.message : String(reason);
    });
  };
  const worksAgain = (store: RedisTokenStore) =>
    vi.waitFor(async () => {
      await store.publish(recordOf(name, ++generation));
      expect(await store.read(name)).toMatchObject({ record: { generation } });
      expect(await store.list()).toMatchObject([{ generation }]);
    }, EVENTUALLY);
  const getsHints = (store: RedisTokenStore, heard: unknown[]) => {
    heard.length = 0;
    return vi.waitFor(async () => {
      await store.publish(recordOf(name, ++generation));
      expect(heard).toContain(name);
    }, EVENTUALLY);
  };

  beforeAll(async () => {
    cluster = await RedisCluster.start({ nodeTimeout: 1_000 });
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
  });
  afterAll(() => cluster.stop());

  it('connects from any node, given twice', async () => {
    for (const { url } of cluster.nodes) {
      const store = connect(`${url},${url}`);
      await store.publish(recordOf(name, ++generation));
      expect(await store.read(name)).toMatchObject({ record: { generation } });
    }
  });

  it('connects by any address that answers', async () => {
    const store = connect(`redis://127.0.0.1:1,${cluster.url}`);
    await worksAgain(store);
    expect(await store.list()).toHaveLength(1);
  });

  it('subscribes on another node when its node is killed', async () => {
    const [store, other] = [connect(), connect()];
    const heard: string[] = [];
    other.watch((hinted) => heard.push(hinted));
    await getsHints(store, heard);
    const [listenedTo] = await cluster.nodesListenedTo();
    expect(listenedTo).toBeDefined();
    await listenedTo?.kill();
    await getsHints(store, heard);
    await listenedTo?.restart();
    await cluster.isWell();
  });

  it('fails within the deadline while all nodes hang, and recovers', async () => {
    const store = connect();
    await worksAgain(store);
    for (const node of cluster.nodes) node.pause();
    for (const message of await messagesOf(store)) expect(message).toMatch(/did not answer in time/);
    for (const message of await messagesOf(connect())) expect(message).toMatch(/did not answer in time/);
    const start = performance.now();
    await Promise.all(stores.map((each) => each.close()));
    expect(performance.now() - start).toBeLessThan(15_000);
    for (const node of cluster.nodes) node.resume();
    await cluster.isWell();
    await worksAgain(connect());
  });

  it('fails at once while all nodes are down, and recovers with hints', async () => {
    const store = connect();
    const heard: string[] = [];
    store.watch((hinted) => heard.push(hinted));
    await getsHints(store, heard);
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    const [early, newcomer] = [await messagesOf(store), connect()];
    for (const message of early)
      expect(message).toMatch(/nothing listens|down or restarting|none of these addresses/);
    for (const message of await messagesOf(newcomer)) expect(message).toMatch(/none of these addresses/);
    await Promise.all(cluster.nodes.map((node) => node.restart()));
    await cluster.isWell();
    await vi.waitFor(() => newcomer.list(), EVENTUALLY);
    await getsHints(store, heard);
  });

  it('reports one address of a Cluster, and several of a single Redis, as wrong', async () => {
    const master = await cluster.masterOf('t:credentials');
    const elsewhere = cluster.nodes.find((node) => node !== master);
    await expect(connect(elsewhere?.url).list()).rejects.toThrow(/several of its nodes/);
    const single = await RedisServer.start();
    await expect(connect(`${single.url},${single.url}`).list()).rejects.toThrow(/no Redis Cluster/);
    await single.stop();
  });
});
