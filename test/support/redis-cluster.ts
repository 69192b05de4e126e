import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { Redis } from 'ioredis';

import { eventually } from './eventually.ts';
import { freePort } from './redis-process.ts';
import { RedisServer } from './redis-server.ts';
import type { RedisTls } from './redis-tls.ts';

const NODES = 6;
const MASTERS = 3;

interface ClusterOptions {
  /** Time until a node without answers is replaced, in milliseconds. */
  readonly nodeTimeout?: number;
  /** All nodes speak TLS only, and want a client certificate. */
  readonly tls?: RedisTls;
}
const run = promisify(execFile);

/** A real Redis Cluster with three masters and a replica each. */
export class RedisCluster {
  readonly #nodes: readonly RedisServer[];
  readonly #tls: RedisTls | undefined;

  private constructor(nodes: readonly RedisServer[], tls: RedisTls | undefined) {
    this.#nodes = nodes;
    this.#tls = tls;
  }

  /** Starts all nodes and waits until the Cluster is ready. */
  static async start({ nodeTimeout = 15_000, tls }: ClusterOptions = {}): Promise<RedisCluster> {
    const nodes = await Promise.all(Array.from({ length: NODES }, () => startNode(nodeTimeout, tls)));
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    const options = ['--cluster-replicas', '1', '--cluster-yes', ...(tls?.cliArguments ?? [])];
    await run('redis-cli', ['--cluster', 'create', ...addresses, ...options]);
    const cluster = new RedisCluster(nodes, tls);
    await cluster.isWell();
    return cluster;
  }

  /** Three of the six nodes. The client learns the others. */
  get url(): string {
    return this.#nodes
      .slice(0, 3)
      .map(({ url }) => url)
      .join(',');
  }

  get nodes(): readonly RedisServer[] {
    return this.#nodes;
  }

  /** The master of a key, according to the first node that answers. */
  async masterOf(key: string): Promise<RedisServer> {
    const ports = this.#nodes.map((node) =>
      this.#ask(node, async (redis) => {
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

  /** The nodes with a subscriber. */
  async nodesListenedTo(): Promise<readonly RedisServer[]> {
    const channels = await Promise.all(
      this.#nodes.map((node) => this.#ask(node, (redis) => redis.pubsub('CHANNELS')).catch(() => [])),
    );
    return this.#nodes.filter((_, index) => (channels[index]?.length ?? 0) > 0);
  }

  /**
   * Waits until every node reports all slots as served, every replica is in sync, and no replaced master
   * still takes itself for one.
   */
  async isWell(): Promise<void> {
    await eventually(
      () => Promise.all(this.#nodes.map((node) => this.#readState(node))),
      (states) => states.every(isReady) && states.filter(isMaster).length === MASTERS,
    );
  }

  /** Stops all nodes and deletes their folders. */
  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop()));
  }

  #readState(node: RedisServer): Promise<string> {
    return this.#ask(
      node,
      async (redis) => `${await redis.cluster('INFO')}\n${await redis.info('replication')}`,
    ).catch(String);
  }

  /** @throws Error if the node is down or hangs */
  async #ask<T>(node: RedisServer, query: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis(node.url, {
      retryStrategy: () => null,
      commandTimeout: 2_000,
      ...(this.#tls && { tls: this.#tls.client }),
    });
    redis.on('error', () => undefined);
    try {
      return await query(redis);
    } finally {
      redis.disconnect();
    }
  }
}

async function startNode(nodeTimeout: number, tls: RedisTls | undefined): Promise<RedisServer> {
  return RedisServer.start({
    ...(tls && { tls }),
    settings: {
      ...(tls && { 'tls-cluster': 'yes' }),
      'cluster-enabled': 'yes',
      'cluster-node-timeout': String(nodeTimeout),
      'cluster-port': String(await freePort()),
      'repl-diskless-sync-delay': '0',
    },
  });
}

const isReady = (state: string): boolean =>
  state.includes('cluster_state:ok') && !state.includes('master_link_status:down');
const isMaster = (state: string): boolean => state.includes('role:master');
