import { hash } from 'node:crypto';

import { StoreUnavailable } from '#libs/tokens';

import { aclDiagnosis } from './acl-diagnosis.ts';
import { describeAddress, type RedisAddress } from './redis-address.ts';
import { tlsDiagnosis } from './tls-diagnosis.ts';

/** Errors of Redis and the network with their remedies. The first match applies. */
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
    'is at none of these addresses: start it or correct REDIS_URL',
  ],
  [/cluster support disabled/, 'is no Redis Cluster: let REDIS_URL name one address only'],
  [
    /CLUSTERDOWN|Too many Cluster redirections/,
    'is a Redis Cluster that is down or in failover: check CLUSTER INFO',
  ],
  [
    /WRONGPASS|invalid password|invalid username-password/i,
    'refused the password: correct REDIS_URL or the file REDIS_PASSWORD_FILE',
  ],
  [
    /NOAUTH/,
    'asks for a password: put it into REDIS_URL as redis://:PASSWORD@HOST, or into the file REDIS_PASSWORD_FILE',
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
];

/** Errors of the connection. Messages of TLS contain some of these words too. */
const CONNECTION_REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /timed out|timeout|ETIMEDOUT/i,
    'did not answer in time: it is overloaded, stopped, cut off, or (with rediss://) speaks no TLS',
  ],
  [
    /isn't writeable|max retries|Connection is closed|ECONNRESET|EPIPE/,
    'closed the connection: it is down or restarting; the service keeps trying',
  ],
];

/** What an error of Redis is about. */
export interface FailureContext {
  readonly address: RedisAddress;
  /** The prefix of all keys and channels. */
  readonly keyPrefix: string;
}

/**
 * Converts an error to the port's error, with a remedy. Leaves out arguments of commands: AUTH's is the
 * password.
 */
export function redisFailure(error: unknown, { address, keyPrefix }: FailureContext): StoreUnavailable {
  const cause = error instanceof Error ? withoutArguments(error) : new Error(String(error));
  const diagnosis =
    aclDiagnosis(cause.message, keyPrefix) ??
    REMEDIES.find(([pattern]) => pattern.test(cause.message))?.[1] ??
    tlsDiagnosis(cause.message) ??
    CONNECTION_REMEDIES.find(([pattern]) => pattern.test(cause.message))?.[1] ??
    `cannot be used (${cause.message})`;
  return new StoreUnavailable(`${describeAddress(address)} ${diagnosis}.`, { cause });
}

/** ioredis adds the whole command to its errors, and Redis quotes the arguments of an unknown command. */
function withoutArguments(error: Error): Error {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const message = error.message.replace(/,? with args beginning with[^]*/i, '') + scriptOf(error);
  return new Error(message.includes(code) ? message : `${code} ${message}`);
}

/** The script of a failed call, by its hash: an error that the script returns itself does not name it. */
function scriptOf(error: Error): string {
  const command = 'command' in error ? (error.command as { name?: unknown; args?: unknown[] }) : {};
  const [script] = command.args ?? [];
  if (typeof script !== 'string' || !/script can't/.test(error.message)) return '';
  if (command.name === 'evalsha') return ` script: ${script}`;
  return command.name === 'eval' ? ` script: ${hash('sha1', script, 'hex')}` : '';
}
