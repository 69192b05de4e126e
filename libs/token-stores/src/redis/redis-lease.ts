import { randomUUID } from 'node:crypto';

import type { Lease, Millis } from '#libs/tokens';

import type { RedisConnection } from './redis-connection.ts';

/**
 * Takes a lease: a key with a random owner and an expiry (Redis documentation, "Distributed locks"). A
 * failover may lose the key, and then two processes hold the lease: the generation of what they publish is
 * the fencing token.
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
      // A lease that cannot be released expires.
      await connection.run((redis) => redis.releaseLease(key, owner)).catch(() => undefined);
    },
  };
  try {
    const millis = Math.max(1, Math.ceil(holdFor));
    const answer = await connection.run((redis) => redis.set(key, owner, 'PX', millis, 'NX'));
    return answer === 'OK' ? lease : null;
  } catch (error) {
    // Redis may have granted the lease although its answer did not arrive.
    void lease.release();
    throw error;
  }
}
