import {
  MAX_EARLIER_TOKENS,
  type CredentialName,
  type Millis,
  type Publication,
  type StoredToken,
} from '#libs/tokens';

import type { TokenSeal } from '../sealing/token-seal.ts';
import { parseGeneration } from './generation.ts';
import type { IgnoredRecord } from './ignored-record.ts';
import type { RedisCatalog } from './redis-catalog.ts';
import type { RedisChangeHints } from './redis-change-hints.ts';
import type { RedisCommands } from './redis-client.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { RedisKeys } from './redis-keys.ts';
import { EARLIER_TOKEN_RETENTION } from './retention.ts';

/** In bytes. IMS's tokens have about 1 KiB, sealed ones half as much again. */
export const MAX_SEALED = 65_536;
/** Another writer may come in between two attempts. */
const MAX_ATTEMPTS = 4;
/** A generation that cannot be opened counts only if it is no further above one that can be. */
const MAX_LEAD = 1_000;

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

interface ReadToken {
  readonly stored: StoredToken;
  /** The sealed text; null where there is none. */
  readonly sealed: string | null;
  /** Identifies what is stored. */
  readonly digest: string;
}

interface Refusal {
  readonly generation: number;
  readonly hasToken: boolean;
  readonly isProven: boolean;
}

interface RedisCurrentTokensParts {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly seal: TokenSeal;
  readonly catalog: RedisCatalog;
  readonly hints: Pick<RedisChangeHints, 'message'>;
  readonly onIgnored: (kind: IgnoredRecord, count: number) => void;
}

/** The token hashes. A generation counts only with a token or a removal note that can be opened. */
export class RedisCurrentTokens {
  readonly #parts: RedisCurrentTokensParts;

  constructor(parts: RedisCurrentTokensParts) {
    this.#parts = parts;
  }

  /** @throws StoreUnavailable */
  read(name: CredentialName): Promise<ReadToken> {
    return this.#parts.connection.run((redis) => this.#read(redis, name));
  }

  /**
   * Writes one generation to the token hash, then to the catalog. These are two commands, as the keys may be
   * on different nodes of a Cluster. The second follows a refusal too, to repair a catalog after a crash
   * between the two. A generation that is stored without a proof refuses nothing.
   * @throws StoreUnavailable
   */
  write(write: GenerationWrite): Promise<Publication> {
    const { connection, catalog } = this.#parts;
    const { name, sealed } = write;
    return connection.run(async (redis) => {
      const refusal = await this.#writeHash(redis, write);
      const generation = refusal?.generation ?? write.generation;
      const hasToken = refusal?.hasToken ?? sealed !== '';
      if (refusal?.isProven !== false) await catalog.raise(redis, name, { generation, hasToken });
      return { status: refusal === null ? 'published' : 'superseded', generation };
    });
  }

  async #read(redis: RedisCommands, name: CredentialName): Promise<ReadToken> {
    const { keys, seal } = this.#parts;
    const [text, sealed, removal, digest] = await redis.readToken(keys.token(name), MAX_SEALED);
    const generation = parseGeneration(text);
    if (sealed !== null) return { stored: await seal.open(sealed, name, generation), sealed, digest };
    const status = await seal.openRemoval(removal ?? '', name, generation);
    return { stored: { status, generation: status === 'absent' ? 0 : generation }, sealed, digest };
  }

  /** Returns what refused the generation; null where it was written. */
  async #writeHash(redis: RedisCommands, write: GenerationWrite): Promise<Refusal | null> {
    const { keys, hints, onIgnored } = this.#parts;
    const { name, generation, sealed, removal, expiresAt, keepFor } = write;
    let disproved = '';
    let stored = generation;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const answer = await redis.writeToken(
        keys.token(name),
        keys.earlier(name),
        generation,
        sealed,
        expiresAt,
        keepFor,
        keys.changes,
        name,
        hints.message(name, generation),
        EARLIER_TOKEN_RETENTION,
        MAX_EARLIER_TOKENS,
        removal,
        disproved,
      );
      if (answer[0] === 1) return null;
      stored = answer[1];
      const current = await this.#read(redis, name);
      if (isProven(current.stored, generation)) {
        return { generation: stored, hasToken: current.stored.status !== 'removed', isProven: true };
      }
      onIgnored('token', 1);
      disproved = current.digest;
    }
    return { generation: stored, hasToken: false, isProven: false };
  }
}

/**
 * Whether a stored generation refuses another one. What is sealed with an unknown key may be the token of
 * another process, but no process gets far ahead.
 */
function isProven(stored: StoredToken, generation: number): boolean {
  if (stored.status === 'found' || stored.status === 'removed') return true;
  return stored.status === 'unknown-key' && stored.generation <= generation + MAX_LEAD;
}
