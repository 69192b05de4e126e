export { MemoryTokenStore } from './memory-token-store.ts';
export { parseRedisUrl } from './redis-url.ts';
export { parseKeyPrefix } from './redis-keys.ts';
export { RedisQuestions } from './redis-questions.ts';
export { RedisTokenStore } from './redis-token-store.ts';
export { SealingKeys } from './sealing-keys.ts';
