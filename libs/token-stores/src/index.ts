export { MemoryTokenStore } from './memory-token-store.ts';
export { parseRedisUrl, type RedisAddress } from './redis-address.ts';
export { parseKeyPrefix } from './redis-keys.ts';
export { RedisTokenStore, type RedisTokenStoreOptions } from './redis-token-store.ts';
export { SealingKeys } from './sealing-keys.ts';
