import { Cluster, Redis, type RedisCommander } from 'ioredis';

import type { Endpoint, RedisAddress } from './redis-address.ts';
import { clusterOptions, sentinelOptions, singleOptions } from './redis-options.ts';

/** A client as ioredis has it for one Redis, with or without Sentinels, or for a Cluster. */
export type RedisClient = Redis | Cluster;

/** The commands that both kinds of client know, our scripts among them. */
export type RedisCommands = RedisCommander<{ type: 'default'; mapping: 'resp2' }>;

/** A client for commands. Starts connecting, and does so again for as long as it is open. */
export function openClient(address: RedisAddress, ca: string | undefined): RedisClient {
  switch (address.kind) {
    case 'single':
      return new Redis(singleOptions(address, ca));
    case 'sentinel':
      return new Redis(sentinelOptions(address, ca));
    case 'cluster':
      return new Cluster([...address.seeds], clusterOptions(address, ca));
  }
}

/**
 * A client for one subscription, which ends when its connection does. In a Cluster every node passes on what is
 * published on any, so it takes any node.
 * @param known the nodes that a Cluster was found to have
 */
export function openSubscriber(
  address: RedisAddress,
  ca: string | undefined,
  known: readonly Endpoint[],
): Redis {
  const once = { retryStrategy: () => null };
  if (address.kind === 'sentinel') return new Redis({ ...sentinelOptions(address, ca), ...once });
  if (address.kind === 'single') return new Redis({ ...singleOptions(address, ca), ...once });
  const nodes = known.length > 0 ? known : address.seeds;
  const node = nodes[Math.floor(Math.random() * nodes.length)] ?? { host: '', port: 0 };
  return new Redis({ ...singleOptions({ ...address, ...node, db: 0 }, ca), ...once });
}

/** Lets go of a client; settles when it has let go, or after a deadline in milliseconds. */
export async function closeClient(client: RedisClient, deadline: number): Promise<void> {
  // Between two attempts there is nothing to be closed, and ioredis would not say when it is.
  const isOpen = ['connecting', 'connect', 'ready'].includes(client.status);
  const { promise, resolve } = Promise.withResolvers<void>();
  client.once('end', resolve);
  client.disconnect();
  if (!isOpen) return;
  const timer = setTimeout(resolve, deadline);
  await promise;
  clearTimeout(timer);
}
