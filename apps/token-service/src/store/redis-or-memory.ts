import {
  FileTokenCache,
  MemoryTokenStore,
  RedisRefresherClient,
  RedisTokenStore,
  type CacheFolder,
} from '#libs/token-stores';
import {
  LocalRefresher,
  type RefresherClient,
  type TokenCache,
  type TokenEventListener,
  type TokenStore,
} from '#libs/tokens';

import type { ServiceConfig } from '../config/service-config.ts';

/** Creates the store: Redis where `REDIS_URL` is set, otherwise the memory of this process. */
export function createTokenStore(
  config: ServiceConfig,
  ca: string | undefined,
  listener: TokenEventListener,
): TokenStore {
  const redis = redisOptions(config, ca, listener);
  return redis === null ? new MemoryTokenStore() : new RedisTokenStore(redis);
}

/** Creates the token cache; null where `TOKEN_CACHE_DIR` is not set. */
export function createTokenCache(config: ServiceConfig, folder: CacheFolder | null): TokenCache | null {
  const { REDIS_KEY_PREFIX: prefix, TOKEN_ENCRYPTION_KEYS: keys } = config;
  return folder === null || keys === undefined ? null : new FileTokenCache({ folder, keys, prefix });
}

/** Creates the connection to the processes that hold credentials. This process may be one of them. */
export function createRefresherClient(
  config: ServiceConfig,
  ca: string | undefined,
  listener: TokenEventListener,
): RefresherClient {
  const redis = redisOptions(config, ca, listener);
  if (redis === null) return new LocalRefresher(null);
  const remote = new RedisRefresherClient(redis);
  return config.refreshing === null ? remote : new LocalRefresher(remote);
}

function redisOptions(config: ServiceConfig, ca: string | undefined, listener: TokenEventListener) {
  const { REDIS_URL: address, REDIS_KEY_PREFIX: keyPrefix, TOKEN_ENCRYPTION_KEYS: sealingKeys } = config;
  if (address === undefined || sealingKeys === undefined) return null;
  const onIgnored = (kind: string, count: number): void =>
    listener({ type: 'store.records-ignored', kind, count });
  return { address, keyPrefix, sealingKeys, ca, onIgnored };
}
