import type { CredentialName, Millis, Publication } from '#libs/tokens';

import { MAX_EARLIER_TOKENS } from '../max-earlier-tokens.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { EARLIER_TOKEN_RETENTION, GENERATION_RETENTION } from './retention.ts';

interface GenerationWrite {
  readonly name: CredentialName;
  readonly generation: number;
  /** Empty for a removal. */
  readonly sealed: string;
  /** The sealed note of a removal; empty for a token. */
  readonly removal: string;
  /** In epoch milliseconds; 0 for a removal. */
  readonly expiresAt: number;
  readonly keepFor: Millis;
}

/**
 * Writes one generation to the token hash, then to the catalog. These are two commands, as the keys may be on
 * different nodes of a Cluster. The second follows a refusal too, to repair a catalog after a crash between
 * the two.
 * @throws StoreUnavailable
 */
export function writeGeneration(
  connection: RedisConnection,
  keys: RedisKeys,
  { name, generation, sealed, removal, expiresAt, keepFor }: GenerationWrite,
): Promise<Publication> {
  return connection.run(async (redis) => {
    const [accepted, stored, hasToken] = await redis.writeToken(
      keys.token(name),
      keys.earlier(name),
      generation,
      sealed,
      expiresAt,
      keepFor,
      keys.changes,
      name,
      EARLIER_TOKEN_RETENTION,
      MAX_EARLIER_TOKENS,
      removal,
    );
    await redis.raiseCatalog(keys.catalog, name, stored, hasToken, GENERATION_RETENTION);
    return { status: accepted === 1 ? 'published' : 'superseded', generation: stored };
  });
}
