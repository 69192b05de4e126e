import { instant, millis, type ExchangeLimits, type Spending } from '#libs/tokens';

import type { RedisConnection } from './redis-connection.ts';

/**
 * Takes one exchange out of the budget at `key`; Redis decides and counts by its own clock.
 * @throws StoreUnavailable
 */
export async function spendRedisExchange(
  connection: RedisConnection,
  key: string,
  caller: string,
  { perCaller, perCredential, window }: ExchangeLimits,
): Promise<Spending> {
  const [granted, retryAfter, allMustWait, ...spentAt] = await connection.run((redis) =>
    redis.spendExchange(key, caller, perCaller, perCredential, window),
  );
  return {
    granted: granted === 1,
    retryAfter: millis(retryAfter),
    allMustWait: millis(allMustWait),
    spentAt: spentAt.map(instant),
  };
}
