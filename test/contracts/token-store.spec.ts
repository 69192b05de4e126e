import { MemoryTokenStore } from '#libs/token-stores';

import { ScriptedTokenStore } from '../fakes/scripted-token-store.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { RedisSentinels } from '../support/redis-sentinel.ts';
import { RedisServer } from '../support/redis-server.ts';
import { redisPair } from '../support/store-fixtures.ts';
import { describeTokenStore } from './token-store.contract.ts';

describeTokenStore('MemoryTokenStore', async () => {
  const store = new MemoryTokenStore();
  return { store, other: store, close: () => store.close() };
});

describeTokenStore('ScriptedTokenStore', async () => {
  const store = new ScriptedTokenStore();
  return { store, other: store, close: () => store.close() };
});

describeTokenStore('RedisTokenStore', async () => redisPair(await RedisServer.start()));

describeTokenStore('RedisTokenStore with Sentinels', async () => redisPair(await RedisSentinels.start()));

describeTokenStore('RedisTokenStore on a Cluster', async () => redisPair(await RedisCluster.start()));
