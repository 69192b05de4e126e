import { isIP } from 'node:net';

import type { RedisOptions } from 'ioredis';

import type { RedisAddress } from './redis-address.ts';
import { REDIS_SCRIPTS } from './redis-scripts.ts';

/** How long an operation may take, connecting and every command of it included, in milliseconds. */
export const DEADLINE = 2_000;
/** How long a peer is given to say good-bye, in milliseconds. */
export const DISCONNECT_DEADLINE = 500;
const LONGEST_RECONNECT_DELAY = 1_000;

/** ioredis waits for ever unless told otherwise: here no command waits for a connection, and none longer than DEADLINE. */
export function redisOptions(
  { host, port, tls, username, password, db }: RedisAddress,
  ca: string | undefined,
): RedisOptions & { replyMapping: 'legacy' } {
  return {
    host,
    port,
    db,
    ...(username !== null && { username }),
    ...(password !== null && { password: password.reveal() }),
    ...(tls && { tls: { ...(ca !== undefined && { ca }), ...(isIP(host) === 0 && { servername: host }) } }),
    scripts: REDIS_SCRIPTS,
    connectTimeout: DEADLINE,
    commandTimeout: DEADLINE,
    disconnectTimeout: DISCONNECT_DEADLINE,
    // A connection on which answers stay out is given up: the peer may be gone without a word.
    socketTimeout: 2 * DEADLINE,
    retryStrategy: (attempt) =>
      Math.min(LONGEST_RECONNECT_DELAY, 50 * 2 ** attempt) * (0.5 + Math.random() / 2),
    // A command that cannot be sent, or whose connection breaks, fails at once: who asked decides what to do.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // ioredis's own resubscription throws where nobody can catch; see RedisConnection.subscribe.
    autoResubscribe: false,
    // RESP3's HELLO fails half-way where a password is given but not needed, and then no message arrives.
    protocol: 2,
    replyMapping: 'legacy',
    // Both ask for rights (INFO, CLIENT) that a user of this service does not need otherwise.
    enableReadyCheck: false,
    disableClientInfo: true,
  };
}
