import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

import { millis } from '#libs/tokens';
import type { ClusterOptions, RedisOptions } from 'ioredis';

import type { RedisFiles } from '../files/redis-files.ts';
import type { ClusterAddress, RedisLogin, SentinelAddress, SingleAddress } from './redis-address.ts';
import { REDIS_SCRIPTS } from './redis-scripts.ts';

/** Maximum duration of an operation, connecting and all its commands included. */
export const DEADLINE = millis(2_000);
/** Maximum time to wait for the peer to close a connection, in milliseconds. */
export const DISCONNECT_DEADLINE = 500;
const MAX_RECONNECT_DELAY = 1_000;

/** Delay before the next attempt to connect, in milliseconds: exponential up to a second, with jitter. */
export const reconnectDelay = (attempt: number): number =>
  Math.round(Math.min(MAX_RECONNECT_DELAY, 50 * 2 ** attempt) * (0.5 + Math.random() / 2));

type NodeOptions = RedisOptions & { replyMapping: 'legacy' };

/** The TLS options of a connection that begins now; null for a plain one. */
export function tlsOptions({ tls }: RedisLogin, files: RedisFiles): ConnectionOptions | null {
  const secureContext = tls ? files.secureContext : null;
  return tls ? { ...(secureContext !== null && { secureContext }) } : null;
}

/**
 * ioredis waits forever by default. Here no command waits for a connection, and none longer than DEADLINE.
 */
function nodeOptions(login: RedisLogin, files: RedisFiles): NodeOptions {
  const { username } = login;
  const password = files.password ?? login.password;
  const tls = tlsOptions(login, files);
  return {
    ...(username !== null && { username }),
    ...(password !== null && { password: password.reveal() }),
    ...(tls !== null && { tls }),
    connectTimeout: DEADLINE,
    commandTimeout: DEADLINE,
    disconnectTimeout: DISCONNECT_DEADLINE,
    // Closes a connection without answers: the peer may be gone without closing it.
    socketTimeout: 2 * DEADLINE,
    // A master that becomes a replica may keep its connections. Reconnecting finds the new master.
    reconnectOnError: (error) => error.message.includes('READONLY'),
    // A command fails at once when its connection breaks; the caller of the store decides what to do.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // ioredis's own resubscription throws an uncaught error; see RedisSubscription.
    autoResubscribe: false,
    // RESP3's HELLO fails half-way if Redis needs no password, and then no message arrives.
    protocol: 2,
    replyMapping: 'legacy',
    // Both need ACL rights (INFO, CLIENT) that the service does not need otherwise.
    enableReadyCheck: false,
    disableClientInfo: true,
  };
}

const ONE_SERVER = {
  scripts: REDIS_SCRIPTS,
  retryStrategy: reconnectDelay,
  // A command that cannot be sent fails instead of waiting for a connection.
  enableOfflineQueue: false,
} satisfies RedisOptions;

/** Options for one Redis. */
export function singleOptions(address: Omit<SingleAddress, 'kind'>, files: RedisFiles): NodeOptions {
  const { host, port, db, tls } = address;
  const common = nodeOptions(address, files);
  const servername = tls && isIP(host) === 0 && { tls: { ...common.tls, servername: host } };
  return { ...common, ...ONE_SERVER, host, port, db, ...servername };
}

/** Options for the master of a Sentinel group. ioredis asks the Sentinels before every connection. */
export function sentinelOptions(address: SentinelAddress, files: RedisFiles): NodeOptions {
  const { sentinels, masterName, db, tls, sentinelUsername, sentinelPassword } = address;
  const common = nodeOptions(address, files);
  return {
    ...common,
    ...ONE_SERVER,
    sentinels: sentinels.map((sentinel) => ({ ...sentinel })),
    name: masterName,
    db,
    ...(sentinelUsername !== null && { sentinelUsername }),
    ...(sentinelPassword !== null && { sentinelPassword: sentinelPassword.reveal() }),
    ...(tls && common.tls && { sentinelTLS: common.tls, enableTLSForSentinelMode: true }),
    sentinelCommandTimeout: DEADLINE,
    // Without a delay, ioredis gives up forever once no Sentinel answers.
    sentinelRetryStrategy: reconnectDelay,
    // Asks only the Sentinels of the URL: their names for each other may not resolve here.
    updateSentinels: false,
  };
}

/** Options for a Cluster. */
export function clusterOptions(
  address: ClusterAddress,
  files: RedisFiles,
): ClusterOptions & { redisOptions: NodeOptions } {
  return {
    redisOptions: nodeOptions(address, files),
    scripts: REDIS_SCRIPTS,
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshTimeout: DEADLINE / 2,
    // The answer to each command shows the state of the Cluster. CLUSTER INFO would need one more right.
    enableReadyCheck: false,
    // If off, ioredis refuses commands while it connects to a node, which it does on demand.
    enableOfflineQueue: true,
    // A missing node or a Cluster that is down fails a command at once, as with one Redis.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    maxRedirections: 5,
    // Keeps host names, as TLS certificates contain names.
    dnsLookup: (host, callback) => callback(null, host),
  };
}
