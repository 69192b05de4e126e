import { randomUUID } from 'node:crypto';

import type { Lease, Millis } from '#libs/tokens';

import type { RedisConnection } from './redis-connection.ts';

/**
 * Takes a lease: a key that holds a random owner and goes away by itself (Redis documentation, "Distributed locks").
 * A lossy fail-over may lose it, and then two hold it: the generation of what they publish is the fence.
 * @throws StoreUnavailable
 */
export async function takeRedisLease(
  connection: RedisConnection,
  key: string,
  holdFor: Millis,
): Promise<Lease | null> {
  const owner = randomUUID();
  const lease: Lease = {
    async release() {
      // A lease that cannot be given back ends by itself.
      await connection.run((redis) => redis.releaseLease(key, owner)).catch(() => undefined);
    },
  };
  try {
    const millis = Math.max(1, Math.ceil(holdFor));
    const answer = await connection.run((redis) => redis.set(key, owner, 'PX', millis, 'NX'));
    return answer === 'OK' ? lease : null;
  } catch (error) {
    // It may have been taken after all, and only the answer stayed out.
    void lease.release();
    throw error;
  }
}
