import { randomBytes } from 'node:crypto';

import { parseRedisUrl, MemoryTokenStore, RedisTokenStore, SealingKeys } from '#libs/token-stores';

import { RedisServer } from '../support/redis-server.ts';
import { describeTokenStore } from './token-store.contract.ts';

describeTokenStore('MemoryTokenStore', async () => {
  const store = new MemoryTokenStore();
  return { store, other: store, close: () => store.close() };
});

describeTokenStore('RedisTokenStore', async () => {
  const server = await RedisServer.start();
  const sealingKeys = SealingKeys.parse(`k1:${randomBytes(32).toString('base64')}`);
  const connect = () =>
    new RedisTokenStore({ address: parseRedisUrl(server.url), keyPrefix: 'contract', sealingKeys });
  const [store, other] = [connect(), connect()];
  const close = async () => {
    await Promise.all([store.close(), other.close()]);
    await server.stop();
  };
  return { store, other, close };
});
