import { randomBytes } from 'node:crypto';

import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { parseRedisUrl, RedisTokenStore, SealingKeys } from '#libs/token-stores';

import { nameOf, recordOf, statusRecordOf } from '../support/store-fixtures.ts';
import { RedisServer } from '../support/redis-server.ts';

const name = nameOf('aem-dev');
const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);

describe('RedisTokenStore settings', () => {
  let server: RedisServer;
  let admin: Redis;
  let store: RedisTokenStore;
  const connect = (url = server.url, keyPrefix = 't') =>
    new RedisTokenStore({ address: parseRedisUrl(url), keyPrefix, sealingKeys });

  beforeAll(async () => {
    server = await RedisServer.start();
    admin = new Redis(server.url);
    store = connect();
  });
  beforeEach(async () => {
    await admin.flushall();
  });
  afterAll(async () => {
    await store.close();
    admin.disconnect();
    await server.stop();
  });

  it('share nothing with another key prefix or database', async () => {
    await store.publish(recordOf(name, 1));
    for (const other of [connect(server.url, 'u'), connect(`${server.url}/1`)]) {
      expect(await other.list()).toEqual([]);
      expect(await other.read(name)).toEqual({ status: 'absent', generation: 0 });
      await other.close();
    }
  });

  it('work for a user with the minimum of rights and without the channel', async () => {
    const rights = ['~t:*', '+hgetall', '+hmget', '+hget', '+hset', '+hdel', '+hkeys', '+pexpire', '+time'];
    await admin.acl('SETUSER', 'svc', 'on', '>pw', 'resetchannels', ...rights, '+eval', '+evalsha');
    const limited = connect(`redis://svc:pw@127.0.0.1:${server.port}`);
    expect(await limited.publish(recordOf(name, 1))).toMatchObject({ status: 'published' });
    expect(await limited.remove(name, 2)).toMatchObject({ status: 'published' });
    await limited.writeStatus(statusRecordOf(name), 9);
    expect(await limited.list()).toHaveLength(1);
    await admin.acl('SETUSER', 'svc', '-hgetall');
    await expect(limited.list()).rejects.toThrow(/does not let this user run the command HGETALL/);
    await limited.close();
  });

  it('never lead to another database than the configured one', async () => {
    const misled = connect(`${server.url}/99`);
    await expect(misled.publish(recordOf(name, 1))).rejects.toThrow(/has no database of that number/);
    await expect(misled.publish(recordOf(name, 1))).rejects.toThrow(/has no database of that number/);
    expect(await admin.dbsize()).toBe(0);
    await misled.close();
  });

  it('may have a password that Redis does not need', async () => {
    const eager = connect(server.url.replace('//', '//:needless@'));
    expect(await eager.list()).toEqual([]);
    await eager.close();
  });

  it.each(['', 'a{b}', '{', 'a b', 'x'.repeat(65)])(
    'refuse the key prefix "%s" with the rule',
    (keyPrefix) => {
      expect(() => connect(server.url, keyPrefix)).toThrow(/must be 1 to 64 characters/);
    },
  );
});
