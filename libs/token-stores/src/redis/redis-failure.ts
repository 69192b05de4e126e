import { StoreUnavailable } from '#libs/tokens';

import { describeAddress, type RedisAddress } from './redis-address.ts';

/** Errors of Redis, TLS and the network with their remedies. The first match applies. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /All sentinels are unreachable.*(NOAUTH|WRONGPASS)/,
    'has Sentinels that require a password of their own: add ?sentinelPassword=PASSWORD to REDIS_URL',
  ],
  [
    /All sentinels are unreachable[^]*ms\.$/,
    'is known to none of these Sentinels: correct the name of the master at the end of REDIS_URL',
  ],
  // ioredis does not pass on the reason.
  [
    /(All sentinels are unreachable|Failed to refresh slots cache)[^]*Connection is closed/,
    'is at none of these addresses: start it or correct REDIS_URL; with TLS, also check REDIS_CA_FILE',
  ],
  [/cluster support disabled/, 'is no Redis Cluster: let REDIS_URL name one address only'],
  [
    /CLUSTERDOWN|Too many Cluster redirections/,
    'is a Redis Cluster that is down or in failover: check CLUSTER INFO',
  ],
  [/WRONGPASS|invalid password|invalid username-password/i, 'refused the password: correct REDIS_URL'],
  [/NOAUTH/, 'asks for a password: put it into REDIS_URL as redis://:PASSWORD@HOST'],
  [
    /NOPERM|executing the script can't/,
    'does not let this user do that: allow it the keys, channel and commands that the service uses',
  ],
  [/WRONGTYPE/, 'has a foreign value under a key of this service: choose another REDIS_KEY_PREFIX'],
  [/\bOOM\b/, 'is out of memory: raise its maxmemory or free some'],
  [/READONLY/, 'is a read-only replica: let REDIS_URL name the primary'],
  [
    /MOVED|\bASK\b|CROSSSLOT/,
    'is part of a Redis Cluster: let REDIS_URL name several of its nodes, separated by commas',
  ],
  [/LOADING/, 'is still loading its data: the service tries again'],
  [/MISCONF/, 'cannot write its snapshots and therefore refuses changes: check its log and its disk'],
  [/DB index is out of range/, 'has no database of that number: correct REDIS_URL'],
  [/ECONNREFUSED/, 'refuses connections: nothing listens at that address; start it or correct REDIS_URL'],
  [/ENOTFOUND|EAI_AGAIN/, 'has a host name that cannot be resolved: correct REDIS_URL or DNS'],
  [/WRONG_VERSION_NUMBER|EPROTO/, 'speaks no TLS: use redis:// instead of rediss://, or turn its TLS on'],
  [/CERT|ALTNAME|SELF.SIGNED|UNABLE_TO_/i, 'has a certificate that is not trusted: set REDIS_CA_FILE'],
  [
    /timed out|timeout|ETIMEDOUT/i,
    'did not answer in time: it is overloaded, stopped, cut off, or (with rediss://) speaks no TLS',
  ],
  [
    /isn't writeable|max retries|Connection is closed|ECONNRESET|EPIPE/,
    'closed the connection: it is down or restarting; the service keeps trying',
  ],
];

/**
 * Converts an error to the port's error, with a remedy. Leaves out arguments of commands: AUTH's is the
 * password.
 */
export function redisFailure(error: unknown, address: RedisAddress): StoreUnavailable {
  const cause = error instanceof Error ? withoutArguments(error) : new Error(String(error));
  const remedy = REMEDIES.find(([pattern]) => pattern.test(cause.message))?.[1];
  const diagnosis = remedy ?? `cannot be used (${cause.message})`;
  return new StoreUnavailable(`${describeAddress(address)} ${diagnosis}.`, { cause });
}

/** ioredis adds the whole command to its errors, and Redis quotes the arguments of an unknown command. */
function withoutArguments(error: Error): Error {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = error.message.replace(/,? with args beginning with[^]*/i, '');
  return new Error(message.includes(code) ? message : `${code} ${message}`);
}
