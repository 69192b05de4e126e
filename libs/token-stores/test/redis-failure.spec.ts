import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { StoreUnavailable } from '#libs/tokens';

import { redisFailure } from '../src/redis-failure.ts';

const address = { host: 'cache', port: 6379, tls: false, username: null, password: null, db: 0 };

describe('a failure of Redis', () => {
  it.each([
    ['NOAUTH Authentication required.', 'asks for a password'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'refused the password'],
    ["NOPERM this user has no permissions to run the 'hgetall' command", 'does not let this user'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'REDIS_KEY_PREFIX'],
    ['OOM command not allowed when used memory > maxmemory.', 'maxmemory'],
    ["READONLY You can't write against a read only replica.", 'primary'],
    ['MOVED 3999 127.0.0.1:6381', 'Redis Cluster'],
    ['LOADING Redis is loading the dataset in memory', 'still loading'],
    ['connect ECONNREFUSED 127.0.0.1:6379', 'nothing listens'],
    ['getaddrinfo ENOTFOUND cache', 'cannot be resolved'],
    ['Command timed out', 'did not answer in time'],
    ["Stream isn't writeable and enableOfflineQueue options is false", 'down or restarting'],
    ['ERR something new', 'cannot be used (ERR something new)'],
  ])('says what to do about %s', (said, remedy) => {
    const failure = redisFailure(new Error(said), address);
    expect(failure).toBeInstanceOf(StoreUnavailable);
    expect(failure.message).toMatch(/^Redis at cache:6379 .*\.$/);
    expect(failure.message).toContain(remedy);
    expect(failure.cause).toHaveProperty('message', said);
  });

  it('knows TLS failures by their code', () => {
    const error = Object.assign(new Error('self-signed certificate'), {
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(redisFailure(error, address).message).toContain('REDIS_CA_FILE');
  });

  it('holds no argument of the command that failed', () => {
    const said = "ERR unknown command 'AUTH', with args beginning with: 'hunter2' ";
    const error = Object.assign(new Error(said), { command: { name: 'auth', args: ['hunter2'] } });
    expect(inspect(redisFailure(error, address), { depth: 9 })).not.toContain('hunter2');
  });
});
