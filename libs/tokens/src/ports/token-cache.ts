import type { CredentialName } from '../model/credential-name.ts';
import type { TokenRecord } from '../model/token-record.ts';
import type { Instant } from '../model/units.ts';

/** The cache could not be read or written, such as on a full disk. */
export class CacheUnavailable extends Error {
  override readonly name = 'CacheUnavailable';
  readonly code = 'token_cache_unavailable';
}

/** A token as the cache keeps it. */
export interface KeptToken {
  readonly record: TokenRecord;
  /** When it was written. */
  readonly keptAt: Instant;
}

/** Says that a process that knew all credentials of the service kept the cache until then. */
export interface CacheManifest {
  readonly at: Instant;
  /** The credentials that had a token. */
  readonly names: readonly CredentialName[];
}

/** Everything that the cache holds and this process can open. */
export interface CacheContents {
  readonly tokens: readonly KeptToken[];
  /** When tokens were minted without the store, by credential. */
  readonly spent: ReadonlyMap<CredentialName, readonly Instant[]>;
  /** Null where no process has known all credentials since the cache was emptied. */
  readonly manifest: CacheManifest | null;
}

/**
 * What one process keeps for its next start: the current tokens and the standalone budget. Each write
 * replaces one entry completely or not at all, whenever the process dies.
 */
export abstract class TokenCache {
  /** Reads everything. Skips what is foreign, damaged or sealed with another key. Never rejects. */
  abstract load(): Promise<CacheContents>;

  /** @throws CacheUnavailable after it removed the earlier token of the credential where that is possible */
  abstract saveToken(record: TokenRecord, now: Instant): Promise<void>;

  /** @throws CacheUnavailable */
  abstract removeToken(name: CredentialName): Promise<void>;

  /** @throws CacheUnavailable */
  abstract saveSpent(name: CredentialName, spent: readonly Instant[]): Promise<void>;

  /** @throws CacheUnavailable */
  abstract saveManifest(manifest: CacheManifest): Promise<void>;

  /**
   * Removes what it holds of all other credentials.
   * @throws CacheUnavailable
   */
  abstract keepOnly(names: ReadonlySet<CredentialName>): Promise<void>;
}
