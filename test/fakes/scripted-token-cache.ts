import {
  CacheUnavailable,
  TokenCache,
  type CacheContents,
  type CacheManifest,
  type CredentialName,
  type Instant,
  type KeptToken,
  type TokenRecord,
} from '#libs/tokens';

/** The cache of one machine, in memory: it outlives the processes of a test. */
export class ScriptedTokenCache extends TokenCache {
  readonly #tokens = new Map<CredentialName, KeptToken>();
  readonly #spent = new Map<CredentialName, readonly Instant[]>();
  #manifest: CacheManifest | null = null;
  /** While set, every write fails as on a full disk. */
  isFull = false;
  /** How often it was read. */
  loads = 0;

  /** The names of the credentials whose token it holds. */
  get names(): readonly string[] {
    return [...this.#tokens.keys()].toSorted();
  }

  /** Loses the token of one credential, as a damaged disk does. */
  lose(name: CredentialName): void {
    this.#tokens.delete(name);
  }

  override async load(): Promise<CacheContents> {
    this.loads += 1;
    return { tokens: [...this.#tokens.values()], spent: new Map(this.#spent), manifest: this.#manifest };
  }

  override async saveToken(record: TokenRecord, keptAt: Instant): Promise<void> {
    if (this.isFull) this.#tokens.delete(record.name);
    this.#assertRoom();
    this.#tokens.set(record.name, { record, keptAt });
  }

  override async removeToken(name: CredentialName): Promise<void> {
    this.#tokens.delete(name);
  }

  override async saveSpent(name: CredentialName, spent: readonly Instant[]): Promise<void> {
    this.#assertRoom();
    if (spent.length === 0) this.#spent.delete(name);
    else this.#spent.set(name, spent);
  }

  override async saveManifest(manifest: CacheManifest): Promise<void> {
    this.#assertRoom();
    this.#manifest = manifest;
  }

  override async keepOnly(names: ReadonlySet<CredentialName>): Promise<void> {
    for (const name of [...this.#tokens.keys(), ...this.#spent.keys()]) {
      if (names.has(name)) continue;
      this.#tokens.delete(name);
      this.#spent.delete(name);
    }
  }

  #assertRoom(): void {
    if (this.isFull) throw new CacheUnavailable('The folder of the token cache cannot be written (ENOSPC).');
  }
}
