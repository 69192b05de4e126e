import {
  FileTokenCache,
  HttpPeers,
  MemoryTokenStore,
  PeerMessages,
  RedisRefresherClient,
  RedisTokenStore,
  type CacheFolder,
  type RedisFiles,
} from '#libs/token-stores';
import {
  LocalRefresher,
  type Peers,
  type RefresherClient,
  type TokenCache,
  type TokenEventListener,
  type TokenStore,
} from '#libs/tokens';
import type { Logger } from 'pino';

import type { ServiceConfig } from '../config/service-config.ts';
import { logRedisFileChange } from './log-redis-file-change.ts';

interface RedisParts {
  readonly config: ServiceConfig;
  readonly files: RedisFiles;
  readonly log: Logger;
  readonly listener: TokenEventListener;
}

/** Creates the store: Redis where `REDIS_URL` is set, otherwise the memory of this process. */
export function createTokenStore(parts: RedisParts): TokenStore {
  const redis = redisOptions(parts);
  return redis === null ? new MemoryTokenStore() : new RedisTokenStore(redis);
}

/** Creates the token cache; null where `TOKEN_CACHE_DIR` is not set. */
export function createTokenCache(config: ServiceConfig, folder: CacheFolder | null): TokenCache | null {
  const { REDIS_KEY_PREFIX: prefix, TOKEN_ENCRYPTION_KEYS: keys } = config;
  return folder === null || keys === undefined ? null : new FileTokenCache({ folder, keys, prefix });
}

/** Creates the messages between the processes of this service; null where `PEERS` is not set. */
export function createPeerMessages(config: ServiceConfig): PeerMessages | null {
  const { PEERS: addresses, REDIS_KEY_PREFIX: prefix, TOKEN_ENCRYPTION_KEYS: keys } = config;
  return addresses === undefined || keys === undefined ? null : new PeerMessages(keys, prefix);
}

/** Creates the way to the other processes; null where `PEERS` is not set. */
export function createPeers(config: ServiceConfig, messages: PeerMessages | null): Peers | null {
  if (messages === null) return null;
  const addresses = (config.PEERS ?? []).map(({ host, port }) => ({ host, port: port ?? config.PORT }));
  return new HttpPeers({ addresses, messages });
}

/** Creates the connection to the processes that hold credentials. This process may be one of them. */
export function createRefresherClient(parts: RedisParts): RefresherClient {
  const redis = redisOptions(parts);
  if (redis === null) return new LocalRefresher(null);
  const remote = new RedisRefresherClient(redis);
  return parts.config.refreshing === null ? remote : new LocalRefresher(remote);
}

function redisOptions({ config, files, log, listener }: RedisParts) {
  const { REDIS_URL: address, REDIS_KEY_PREFIX: keyPrefix, TOKEN_ENCRYPTION_KEYS: sealingKeys } = config;
  if (address === undefined || sealingKeys === undefined) return null;
  files.onChange((change) => logRedisFileChange(log, change));
  const onRefusedRight = (reason: string): void =>
    log.error(
      { event: 'store.right-refused', reason },
      'Redis refuses a command, key or channel to its user',
    );
  const onIgnored = (kind: string, count: number): void =>
    listener({ type: 'store.records-ignored', kind, count });
  return { address, keyPrefix, sealingKeys, files, onRefusedRight, onIgnored };
}
