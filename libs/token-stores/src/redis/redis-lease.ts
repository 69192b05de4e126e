import { randomUUID } from 'node:crypto';

import type { CredentialName, Lease, Millis } from '#libs/tokens';

import { readSignedValue, type SignedValues } from './signed-value.ts';

/** Another writer may come in between two attempts. */
const MAX_ATTEMPTS = 4;

/**
 * Takes a lease: a key with a random owner, the end by the clock of Redis, and an expiry (Redis
 * documentation, "Distributed locks"). A failover may lose the key, and then two processes hold the lease:
 * the generation of what they publish is the fencing token. A lease that no process has signed, or that is
 * over, holds nothing up, regardless of its expiry.
 * @throws StoreUnavailable
 */
export async function takeRedisLease(
  values: SignedValues,
  key: string,
  name: CredentialName,
  holdFor: Millis,
): Promise<Lease | null> {
  const { connection } = values;
  const owner = randomUUID();
  let own = '';
  const lease: Lease = {
    async release() {
      // A lease that cannot be released expires.
      await connection.run((redis) => redis.releaseLease(key, own)).catch(() => undefined);
    },
  };
  try {
    return await connection.run(async (redis) => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const value = await readSignedValue(redis, values, { key, kind: 'lease', place: [name] });
        const end = Number(value.text?.split(' ')[1] ?? 0);
        if (end > value.now) return null;
        const text = `${owner} ${value.now + Math.ceil(holdFor)}`;
        own = values.mac.sign(['lease', name], text);
        if (await value.replace(text, holdFor)) return lease;
      }
      // Only a writer without the keys changes it so often: it must not stop a renewal.
      return lease;
    });
  } catch (error) {
    // Redis may have granted the lease although its answer did not arrive.
    void lease.release();
    throw error;
  }
}
