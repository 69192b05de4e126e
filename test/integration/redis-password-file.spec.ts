import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import {
  parseRedisUrl,
  RedisFiles,
  RedisTokenStore,
  SealingKeys,
  type RedisFileChange,
} from '#libs/token-stores';
import { Redis } from 'ioredis';

import { RedisCluster } from '../support/redis-cluster.ts';
import { RedisSentinels } from '../support/redis-sentinel.ts';
import { RedisServer } from '../support/redis-server.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';
import { EVENTUALLY, nameOf, recordOf } from '../support/store-fixtures.ts';

const sealingKeys = SealingKeys.parse(SEALING_KEY);
const RIGHTS = ['on', 'resetkeys', '~*', 'resetchannels', '&*', '+@all'];

interface Running {
  readonly url: string;
  /** The servers that have users. */
  servers(): Promise<readonly RedisServer[]>;
  stop(): Promise<void>;
}

const TOPOLOGIES: [string, () => Promise<Running>][] = [
  [
    'one Redis',
    async () => {
      const server = await RedisServer.start();
      return { url: server.url, servers: async () => [server], stop: () => server.stop() };
    },
  ],
  [
    'Sentinels',
    async () => {
      const group = await RedisSentinels.start();
      return { url: group.url, servers: async () => [await group.master()], stop: () => group.stop() };
    },
  ],
  [
    'a Cluster',
    async () => {
      const cluster = await RedisCluster.start();
      return { url: cluster.url, servers: async () => cluster.nodes, stop: () => cluster.stop() };
    },
  ],
];

describe.each(TOPOLOGIES)('REDIS_PASSWORD_FILE with %s', (_, start) => {
  let folder: string;
  let path: string;
  let redis: Running;
  let store: RedisTokenStore;
  const changes: RedisFileChange[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'redis-password-'));
    path = join(folder, 'password');
    redis = await start();
  });
  afterAll(async () => {
    await redis.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(async () => {
    changes.length = 0;
    await setPassword('first-secret');
    await writeFile(path, 'first-secret\n');
    const files = new RedisFiles({ password: path });
    files.onChange((change) => changes.push(change));
    const address = parseRedisUrl(redis.url.replaceAll('//', '//rotating@'));
    store = new RedisTokenStore({ address, keyPrefix: 't', sealingKeys, files });
    await vi.waitFor(() => store.list(), EVENTUALLY);
  });
  afterEach(() => store.close());

  const onAllServers = async (work: (admin: Redis) => Promise<unknown>): Promise<void> => {
    for (const { url } of await redis.servers()) {
      const admin = new Redis(url);
      await work(admin).finally(() => admin.disconnect());
    }
  };
  const setPassword = (password: string) =>
    onAllServers((admin) => admin.call('ACL', 'SETUSER', 'rotating', 'resetpass', `>${password}`, ...RIGHTS));
  const cutConnections = () => onAllServers((admin) => admin.call('CLIENT', 'KILL', 'USER', 'rotating'));

  it('is read again at each connection', async () => {
    for (const password of ['second-secret', 'third secret, with spaces', 'fourth:@/#%']) {
      await setPassword(password);
      await writeFile(path, `${password}\r\n`);
      await cutConnections();
      await vi.waitFor(() => store.list(), EVENTUALLY);
    }
    const record = recordOf(nameOf('aem-dev'), 1);
    await store.publish(record);
    expect(await store.read(record.name)).toEqual({ status: 'found', record });
    expect(changes).toEqual([]);
  });

  it('may follow the change at Redis later', async () => {
    await setPassword('late-secret');
    await cutConnections();
    await vi.waitFor(
      () => expect(store.list()).rejects.toThrow(/refused the password: .*REDIS_PASSWORD_FILE/),
      EVENTUALLY,
    );
    await writeFile(path, 'late-secret');
    await vi.waitFor(() => store.list(), EVENTUALLY);
  });

  it.each([
    ['deleted', () => rm(path), /ENOENT/],
    ['emptied', () => writeFile(path, '\n'), /is empty/],
    ['filled with something else', () => writeFile(path, 'a\nb\n'), /several lines/],
  ])('keeps its last good value when it is %s, and reports that once', async (_what, spoil, problem) => {
    await spoil();
    for (let round = 0; round < 3; round++) {
      await cutConnections();
      await vi.waitFor(() => store.list(), EVENTUALLY);
    }
    expect(changes).toEqual([{ files: 'password', problem: expect.stringMatching(problem) as string }]);
  });

  it('appears in no error and no printed object', async () => {
    await onAllServers((admin) => admin.call('ACL', 'SETUSER', 'rotating', 'off'));
    await cutConnections();
    const failure = await vi.waitFor(
      () =>
        store.list().then(
          () => Promise.reject(new Error('still works')),
          (error: unknown) => error,
        ),
      EVENTUALLY,
    );
    expect(inspect([failure, store], { depth: 12, showHidden: true })).not.toContain('first-secret');
  });
});
