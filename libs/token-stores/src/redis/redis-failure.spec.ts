import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { StoreUnavailable } from '#libs/tokens';

import type { RedisAddress } from './redis-address.ts';
import { redisFailure } from './redis-failure.ts';

const login = { tls: false, username: null, password: null };
const address: RedisAddress = { kind: 'single', host: 'cache', port: 6379, db: 0, ...login };
const sentinels: RedisAddress = {
  kind: 'sentinel',
  sentinels: [{ host: 's1', port: 26379 }],
  masterName: 'main',
  db: 0,
  ...login,
  sentinelUsername: null,
  sentinelPassword: null,
};
const cluster: RedisAddress = {
  kind: 'cluster',
  seeds: [
    { host: 'a', port: 7000 },
    { host: 'b', port: 7001 },
  ],
  ...login,
};

const context = (of: RedisAddress) => ({ address: of, keyPrefix: 'ims-token' });

describe('redisFailure', () => {
  it.each([
    ['NOAUTH Authentication required.', 'asks for a password'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'refused the password'],
    ["NOPERM this user has no permissions to run the 'hgetall' command", 'ACL SETUSER USER +hgetall'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'REDIS_KEY_PREFIX'],
    ['OOM command not allowed when used memory > maxmemory.', 'maxmemory'],
    ["READONLY You can't write against a read only replica.", 'primary'],
    ['MOVED 3999 127.0.0.1:6381', 'name several of its nodes'],
    ['CLUSTERDOWN The cluster is down', 'CLUSTER INFO'],
    ['Too many Cluster redirections. Last error: ReplyError: MOVED 1 a:1', 'CLUSTER INFO'],
    ['Failed to refresh slots cache. Connection is closed.', 'none of these addresses'],
    ['Failed to refresh slots cache. NOAUTH Authentication required.', 'asks for a password'],
    ['ERR This instance has cluster support disabled', 'no Redis Cluster'],
    ['LOADING Redis is loading the dataset in memory', 'still loading'],
    ['connect ECONNREFUSED 127.0.0.1:6379', 'nothing listens'],
    ['getaddrinfo ENOTFOUND cache', 'cannot be resolved'],
    ['Command timed out', 'did not answer in time'],
    ["Stream isn't writeable and enableOfflineQueue options is false", 'down or restarting'],
    ['ERR something new', 'cannot be used (ERR something new)'],
  ])('gives the remedy for %s', (message, remedy) => {
    const failure = redisFailure(new Error(message), context(address));
    expect(failure).toBeInstanceOf(StoreUnavailable);
    expect(failure.message).toMatch(/^Redis at cache:6379 .*\.$/);
    expect(failure.message).toContain(remedy);
    expect(failure.cause).toHaveProperty('message', message);
  });

  it.each([
    ['All sentinels are unreachable. Retrying from scratch after 97ms.', 'the name of the master'],
    [
      'All sentinels are unreachable. Retrying from scratch after 97ms. Last error: NOAUTH x',
      'sentinelPassword',
    ],
    [
      'All sentinels are unreachable. Retrying from scratch after 97ms. Last error: connect ECONNREFUSED 1.2.3.4:5',
      'nothing listens',
    ],
  ])('gives the remedy for %s', (message, remedy) => {
    const failure = redisFailure(new Error(message), context(sentinels));
    expect(failure.message).toMatch(/^Redis \(master main of the Sentinels at s1:26379\) /);
    expect(failure.message).toContain(remedy);
  });

  it('names the nodes of a Cluster', () => {
    expect(redisFailure(new Error('CLUSTERDOWN'), context(cluster)).message).toMatch(
      /^The Redis Cluster at a:7000, b:7001 is /,
    );
  });

  it('recognises TLS failures by their code', () => {
    const error = Object.assign(new Error('self-signed certificate'), {
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(redisFailure(error, context(address)).message).toContain('REDIS_CA_FILE');
  });

  it('contains no argument of the failed command', () => {
    const message = "ERR unknown command 'AUTH', with args beginning with: 'hunter2' ";
    const error = Object.assign(new Error(message), { command: { name: 'auth', args: ['hunter2'] } });
    expect(inspect(redisFailure(error, context(address)), { depth: 9 })).not.toContain('hunter2');
  });
});
