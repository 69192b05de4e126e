import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { Redis } from 'ioredis';

import { eventually } from './eventually.ts';
import { freePort } from './redis-process.ts';
import { RedisServer } from './redis-server.ts';

const NODES = 6;

interface ClusterOptions {
  /** In milliseconds: how soon a node that does not answer is replaced. */
  readonly nodeTimeout?: number;
}
const run = promisify(execFile);

/** A Redis Cluster of three masters with a replica each, as real processes of a test's own. */
export class RedisCluster {
  readonly #nodes: readonly RedisServer[];

  private constructor(nodes: readonly RedisServer[]) {
    this.#nodes = nodes;
  }

  /** Starts it and waits until every node says that it is well. */
  static async start({ nodeTimeout = 15_000 }: ClusterOptions = {}): Promise<RedisCluster> {
    const nodes = await Promise.all(Array.from({ length: NODES }, () => startNode(nodeTimeout)));
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes']);
    const cluster = new RedisCluster(nodes);
    await cluster.isWell();
    return cluster;
  }

  /** Names some of its nodes only: the rest is for the client to learn. */
  get url(): string {
    return this.#nodes
      .slice(0, 3)
      .map(({ url }) => url)
      .join(',');
  }

  /** Where one finds each node. */
  get nodes(): readonly RedisServer[] {
    return this.#nodes;
  }

  /** The node that serves a key, by the word of the first node that answers. */
  async masterOf(key: string): Promise<RedisServer> {
    const ports = this.#nodes.map((node) =>
      ask(node, async (redis) => {
        const slot = await redis.cluster('KEYSLOT', key);
        const ranges = await redis.cluster('SLOTS');
        return ranges.find(([from, to]) => from <= slot && slot <= to)?.[2]?.[1];
      }),
    );
    const port = await Promise.any(ports);
    const master = this.#nodes.find((node) => node.port === port);
    if (master === undefined) throw new Error(`no node serves ${key}`);
    return master;
  }

  /** The nodes on which somebody listens to a channel. */
  async nodesListenedTo(): Promise<readonly RedisServer[]> {
    const channels = await Promise.all(
      this.#nodes.map((node) => ask(node, (redis) => redis.pubsub('CHANNELS')).catch(() => [])),
    );
    return this.#nodes.filter((_, index) => (channels[index]?.length ?? 0) > 0);
  }

  /** Waits until every node says that all slots are served, and every replica that it has its master's data. */
  async isWell(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => eventually(() => wellBeing(node), isGood)));
  }

  /** Ends all and cleans up. */
  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop()));
  }
}

async function startNode(nodeTimeout: number): Promise<RedisServer> {
  return RedisServer.start({
    settings: {
      'cluster-enabled': 'yes',
      'cluster-node-timeout': String(nodeTimeout),
      'cluster-port': String(await freePort()),
      'repl-diskless-sync-delay': '0',
    },
  });
}

const wellBeing = (node: RedisServer): Promise<string> =>
  ask(node, async (redis) => `${await redis.cluster('INFO')}\n${await redis.info('replication')}`).catch(
    String,
  );
const isGood = (said: string): boolean =>
  said.includes('cluster_state:ok') && !said.includes('master_link_status:down');

/** @throws Error where the node is gone or hangs */
async function ask<T>(node: RedisServer, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(node.url, { retryStrategy: () => null, commandTimeout: 2_000 });
  redis.on('error', () => undefined);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
