import { StoreUnavailable } from '#libs/tokens';

import { describeAddress, type RedisAddress } from './redis-address.ts';

/** What Redis, TLS or the network say, and what a person should do about it. The first that fits is told. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /All sentinels are unreachable.*(NOAUTH|WRONGPASS)/,
    'has Sentinels that ask for a password of their own: add ?sentinelPassword=PASSWORD to REDIS_URL',
  ],
  [
    /All sentinels are unreachable[^]*ms\.$/,
    'is known to none of these Sentinels: correct the name of the master at the end of REDIS_URL',
  ],
  // Why, ioredis keeps to itself.
  [
    /(All sentinels are unreachable|Failed to refresh slots cache)[^]*Connection is closed/,
    'is at none of these addresses: start it or correct REDIS_URL; with TLS, REDIS_CA_FILE may be what is wrong',
  ],
  [/cluster support disabled/, 'is no Redis Cluster: let REDIS_URL name one address only'],
  [
    /CLUSTERDOWN|Too many Cluster redirections/,
    'is a Redis Cluster that is down or mending itself: look at CLUSTER INFO',
  ],
  [/WRONGPASS|invalid password|invalid username-password/i, 'refused the password: correct REDIS_URL'],
  [/NOAUTH/, 'asks for a password: put it into REDIS_URL as redis://:PASSWORD@HOST'],
  [/NOPERM/, 'does not let this user do that: allow it the keys, channel and commands that the service uses'],
  [/WRONGTYPE/, 'holds something else under a key of this service: choose another REDIS_KEY_PREFIX'],
  [/\bOOM\b/, 'is out of memory: raise its maxmemory or free some'],
  [/READONLY/, 'is a read-only replica: let REDIS_URL name the primary'],
  [
    /MOVED|\bASK\b|CROSSSLOT/,
    'is part of a Redis Cluster: let REDIS_URL name several of its nodes, with commas between',
  ],
  [/LOADING/, 'is still loading its data: it will be asked again'],
  [/MISCONF/, 'cannot write its snapshots and therefore refuses changes: look at its log and its disk'],
  [/DB index is out of range/, 'has no database of that number: correct REDIS_URL'],
  [/ECONNREFUSED/, 'is not there: nothing listens at that address; start it or correct REDIS_URL'],
  [/ENOTFOUND|EAI_AGAIN/, 'has a host name that cannot be resolved: correct REDIS_URL or mend DNS'],
  [/WRONG_VERSION_NUMBER|EPROTO/, 'speaks no TLS: use redis:// instead of rediss://, or turn its TLS on'],
  [/CERT|ALTNAME|SELF.SIGNED|UNABLE_TO_/i, 'has a certificate that is not trusted: set REDIS_CA_FILE'],
  [
    /timed out|timeout|ETIMEDOUT/i,
    'did not answer in time: it is overloaded, stopped, cut off, or (with rediss://) speaks no TLS',
  ],
  [
    /isn't writeable|max retries|Connection is closed|ECONNRESET|EPIPE/,
    'has gone away: it is down or restarting; the service goes on trying',
  ],
];

/** A failure of Redis as the port knows it: says what to do, and holds no argument of any command, since AUTH's is the password. */
export function redisFailure(error: unknown, address: RedisAddress): StoreUnavailable {
  const said = error instanceof Error ? withoutArguments(error) : new Error(String(error));
  const remedy = REMEDIES.find(([pattern]) => pattern.test(said.message))?.[1];
  const diagnosis = remedy ?? `cannot be used (${said.message})`;
  return new StoreUnavailable(`${describeAddress(address)} ${diagnosis}.`, { cause: said });
}

/** ioredis hangs the whole command on its errors, and Redis quotes the arguments of a command it does not know. */
function withoutArguments(error: Error): Error {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = error.message.replace(/,? with args beginning with[^]*/i, '');
  return new Error(message.includes(code) ? message : `${code} ${message}`);
}
