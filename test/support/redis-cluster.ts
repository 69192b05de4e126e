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
    await Promise.all(nodes.map((node) => isWell(node)));
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

  /** The node that serves a key. */
  async masterOf(key: string): Promise<RedisServer> {
    const [first] = this.#nodes;
    if (first === undefined) throw new Error('there is no node');
    return ask(first, async (redis) => {
      const slot = await redis.cluster('KEYSLOT', key);
      const ranges = await redis.cluster('SLOTS');
      const port = ranges.find(([from, to]) => from <= slot && slot <= to)?.[2]?.[1];
      const node = this.#nodes.find((candidate) => candidate.port === port);
      if (node === undefined) throw new Error(`no node serves ${key}`);
      return node;
    });
  }

  /** The nodes on which somebody listens to a channel. */
  async nodesListenedTo(): Promise<readonly RedisServer[]> {
    const channels = await Promise.all(
      this.#nodes.map((node) => ask(node, (redis) => redis.pubsub('CHANNELS')).catch(() => [])),
    );
    return this.#nodes.filter((_, index) => (channels[index]?.length ?? 0) > 0);
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

async function isWell(node: RedisServer): Promise<void> {
  await eventually(
    () => ask(node, async (redis) => `${await redis.cluster('INFO')}\n${await redis.info('replication')}`),
    (said) => said.includes('cluster_state:ok') && !said.includes('master_link_status:down'),
  );
}

async function ask<T>(node: RedisServer, question: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(node.url, { enableReadyCheck: false });
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
