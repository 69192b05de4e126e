import type { Redis } from 'ioredis';

import type { RedisFiles } from '../files/redis-files.ts';

/**
 * Makes a client read the password and the TLS files again for each connection. ioredis looks at its options
 * whenever it connects, and so finds the current values there. Returns the client.
 */
export function keepCurrent(redis: Redis, files: RedisFiles): Redis {
  const { options } = redis;
  const replace = (name: 'password' | 'tls' | 'sentinelTLS', get: () => unknown) =>
    Object.defineProperty(options, name, { get, enumerable: true, configurable: true });
  if (files.password !== null) replace('password', () => files.password?.reveal());
  for (const name of ['tls', 'sentinelTLS'] as const) {
    const fixed = options[name];
    if (fixed === undefined || files.secureContext === null) continue;
    replace(name, () => ({ ...fixed, secureContext: files.secureContext }));
  }
  return redis;
}
