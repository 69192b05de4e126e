import { isIP } from 'node:net';

import type { ClusterOptions, RedisOptions } from 'ioredis';

import type { ClusterAddress, RedisLogin, SentinelAddress, SingleAddress } from './redis-address.ts';
import { REDIS_SCRIPTS } from './redis-scripts.ts';

/** How long an operation may take, connecting and every command of it included, in milliseconds. */
export const DEADLINE = 2_000;
/** How long a peer is given to say good-bye, in milliseconds. */
export const DISCONNECT_DEADLINE = 500;
const MAX_RECONNECT_DELAY = 1_000;

/** How long to wait before connecting again, in milliseconds: longer from time to time up to a second, and never all at once. */
export const reconnectDelay = (attempt: number): number =>
  Math.round(Math.min(MAX_RECONNECT_DELAY, 50 * 2 ** attempt) * (0.5 + Math.random() / 2));

type NodeOptions = RedisOptions & { replyMapping: 'legacy' };

/** ioredis waits for ever unless told otherwise: here no command waits for a connection, and none longer than DEADLINE. */
function nodeOptions({ username, password, tls }: RedisLogin, ca: string | undefined): NodeOptions {
  return {
    ...(username !== null && { username }),
    ...(password !== null && { password: password.reveal() }),
    ...(tls && { tls: { ...(ca !== undefined && { ca }) } }),
    connectTimeout: DEADLINE,
    commandTimeout: DEADLINE,
    disconnectTimeout: DISCONNECT_DEADLINE,
    // A connection on which answers stay out is given up: the peer may be gone without a word.
    socketTimeout: 2 * DEADLINE,
    // A master that became a replica keeps its connections where nobody cuts them: look for the new one.
    reconnectOnError: (error) => error.message.includes('READONLY'),
    // A command whose connection breaks fails at once: who asked decides what to do.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // ioredis's own resubscription throws where nobody can catch; see RedisSubscription.
    autoResubscribe: false,
    // RESP3's HELLO fails half-way where a password is given but not needed, and then no message arrives.
    protocol: 2,
    replyMapping: 'legacy',
    // Both ask for rights (INFO, CLIENT) that a user of this service does not need otherwise.
    enableReadyCheck: false,
    disableClientInfo: true,
  };
}

const ONE_SERVER = {
  scripts: REDIS_SCRIPTS,
  retryStrategy: reconnectDelay,
  // Nor does a command that cannot be sent wait for better times.
  enableOfflineQueue: false,
} satisfies RedisOptions;

/** For one Redis. */
export function singleOptions(address: Omit<SingleAddress, 'kind'>, ca: string | undefined): NodeOptions {
  const { host, port, db, tls } = address;
  const common = nodeOptions(address, ca);
  const servername = tls && isIP(host) === 0 && { tls: { ...common.tls, servername: host } };
  return { ...common, ...ONE_SERVER, host, port, db, ...servername };
}

/** For the master that Sentinels name, asked again before every connection. */
export function sentinelOptions(address: SentinelAddress, ca: string | undefined): NodeOptions {
  const { sentinels, masterName, db, tls, sentinelUsername, sentinelPassword } = address;
  const common = nodeOptions(address, ca);
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
    // Without a number ioredis gives up for good once no Sentinel answers.
    sentinelRetryStrategy: reconnectDelay,
    // The URL says which Sentinels to ask; the names that they have for each other may be of use only among themselves.
    updateSentinels: false,
  };
}

/** For all nodes of a Cluster. */
export function clusterOptions(
  address: ClusterAddress,
  ca: string | undefined,
): ClusterOptions & { redisOptions: NodeOptions } {
  return {
    redisOptions: nodeOptions(address, ca),
    scripts: REDIS_SCRIPTS,
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshTimeout: DEADLINE / 2,
    // Whether the cluster is well, every command's answer says; CLUSTER INFO would ask for one more right.
    enableReadyCheck: false,
    // Off, ioredis refuses whatever comes while the connection to a node is being made, which it makes only on demand.
    enableOfflineQueue: true,
    // A node that is gone, or a cluster that is down, is the caller's to hear of at once, as with one Redis.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    maxRedirections: 5,
    // Names stay names: with TLS it is they that stand in the certificates.
    dnsLookup: (host, callback) => callback(null, host),
  };
}
