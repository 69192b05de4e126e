export { CacheFolder, CacheFolderProblem } from './files/cache-folder.ts';
export { FileTokenCache } from './files/file-token-cache.ts';
export { MemoryTokenStore } from './memory/memory-token-store.ts';
export { parseRedisUrl } from './redis/redis-url.ts';
export { parseKeyPrefix } from './redis/redis-keys.ts';
export { RedisRefresherClient } from './redis/redis-refresher-client.ts';
export { RedisTokenStore } from './redis/redis-token-store.ts';
export { SealingKeys } from './sealing/sealing-keys.ts';
