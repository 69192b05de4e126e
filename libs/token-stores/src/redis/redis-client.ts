import { Cluster, Redis, type RedisCommander } from 'ioredis';

import type { RedisFiles } from '../files/redis-files.ts';
import { keepCurrent } from './current-options.ts';
import type { Endpoint, RedisAddress } from './redis-address.ts';
import { clusterOptions, sentinelOptions, singleOptions } from './redis-options.ts';

/** An ioredis client: `Redis` with or without Sentinels, `Cluster` for a Redis Cluster. */
export type RedisClient = Redis | Cluster;

/** The commands that both kinds of client have, including the Lua scripts. */
export type RedisCommands = RedisCommander<{ type: 'default'; mapping: 'resp2' }>;

/** Makes a client for commands. It starts to connect, and reconnects until it is closed. */
export function openClient(address: RedisAddress, files: RedisFiles): RedisClient {
  switch (address.kind) {
    case 'single':
      return keepCurrent(new Redis(singleOptions(address, files)), files);
    case 'sentinel':
      return keepCurrent(new Redis(sentinelOptions(address, files)), files);
    case 'cluster': {
      const cluster = new Cluster([...address.seeds], clusterOptions(address, files));
      // A node connects after this event, when the first command needs it.
      return cluster.on('+node', (node: Redis) => keepCurrent(node, files));
    }
  }
}

/**
 * Makes a client for one subscription, which ends when its connection does. In a Cluster it connects to any
 * node, as every node forwards the messages of all.
 * @param known the known nodes of a Cluster; empty before they are known
 */
export function openSubscriber(address: RedisAddress, files: RedisFiles, known: readonly Endpoint[]): Redis {
  const once = { retryStrategy: () => null };
  if (address.kind === 'sentinel')
    return keepCurrent(new Redis({ ...sentinelOptions(address, files), ...once }), files);
  if (address.kind === 'single') return new Redis({ ...singleOptions(address, files), ...once });
  const nodes = known.length > 0 ? known : address.seeds;
  const node = nodes[Math.floor(Math.random() * nodes.length)] ?? { host: '', port: 0 };
  return new Redis({ ...singleOptions({ ...address, ...node, db: 0 }, files), ...once });
}

/** Disconnects a client. Resolves when it is disconnected, or after a deadline in milliseconds. */
export async function closeClient(client: RedisClient, deadline: number): Promise<void> {
  // Between two attempts there is no connection, and ioredis emits no "end".
  const isOpen = ['connecting', 'connect', 'ready'].includes(client.status);
  const { promise, resolve } = Promise.withResolvers<void>();
  client.once('end', resolve);
  client.disconnect();
  if (!isOpen) return;
  const timer = setTimeout(resolve, deadline);
  await promise;
  clearTimeout(timer);
}
