import {
  CacheUnavailable,
  toCredentialName,
  TokenCache,
  type CacheContents,
  type CacheManifest,
  type CredentialName,
  type Instant,
  type KeptToken,
  type TokenRecord,
} from '#libs/tokens';

import { openText, sealText, type Place } from '../sealing/sealed-text.ts';
import type { SealingKeys } from '../sealing/sealing-keys.ts';
import type { CacheFolder } from './cache-folder.ts';
import { keptTokenText, manifestText, spentText } from './cache-texts.ts';

const TOKEN = '.token';
const SPENT = '.spent';
const MANIFEST = 'manifest';
/** So many credentials are read: more than any service has, and few enough to read at a start. */
const MAX_FILES = 20_000;
const READ_BATCH = 64;

interface FileTokenCacheOptions {
  readonly folder: CacheFolder;
  readonly keys: SealingKeys;
  /** The prefix of the Redis keys: a cache of another service is not used. */
  readonly prefix: string;
}

/**
 * A token cache on a local disk: `NAME.token` and `NAME.spent` for each credential, and `manifest`. Each file
 * is sealed for its place with the keys of the store. Other files are left alone.
 */
export class FileTokenCache extends TokenCache {
  readonly #options: FileTokenCacheOptions;

  constructor(options: FileTokenCacheOptions) {
    super();
    this.#options = options;
  }

  async load(): Promise<CacheContents> {
    const all = await this.#options.folder.list();
    const files = all.filter((file) => credentialOf(file) !== null).slice(0, MAX_FILES);
    const manifest = await this.#open(MANIFEST, (text) => manifestText.read(text));
    const tokens: KeptToken[] = [];
    const spent = new Map<CredentialName, readonly Instant[]>();
    for (let start = 0; start < files.length; start += READ_BATCH) {
      const reading = files.slice(start, start + READ_BATCH).map(async (file) => {
        const name = nameOf(file, TOKEN);
        if (name !== null) {
          const kept = await this.#open(file, (text) => keptTokenText.read(text, name));
          if (kept !== null) tokens.push(kept);
        }
        const spender = nameOf(file, SPENT);
        const times = spender && (await this.#open(file, (text) => spentText.read(text)));
        if (spender && times) spent.set(spender, times);
      });
      await Promise.all(reading);
    }
    return { tokens, spent, manifest };
  }

  async saveToken(record: TokenRecord, now: Instant): Promise<void> {
    const file = `${record.name}${TOKEN}`;
    try {
      await this.#write(file, keptTokenText.write(record, now));
    } catch (error) {
      // The earlier token may be one that this one replaces because it was revoked.
      if (error instanceof CacheUnavailable) await this.#options.folder.remove(file).catch(() => undefined);
      throw error;
    }
  }

  async removeToken(name: CredentialName): Promise<void> {
    await this.#options.folder.remove(`${name}${TOKEN}`);
  }

  async saveSpent(name: CredentialName, spent: readonly Instant[]): Promise<void> {
    const file = `${name}${SPENT}`;
    if (spent.length === 0) await this.#options.folder.remove(file);
    else await this.#write(file, spentText.write(spent));
  }

  async saveManifest(manifest: CacheManifest): Promise<void> {
    await this.#write(MANIFEST, manifestText.write(manifest));
  }

  async keepOnly(names: ReadonlySet<CredentialName>): Promise<void> {
    for (const file of await this.#options.folder.list()) {
      const name = credentialOf(file);
      if (name !== null && !names.has(name)) await this.#options.folder.remove(file);
    }
  }

  async #write(file: string, text: string): Promise<void> {
    const { folder, keys } = this.#options;
    await folder.write(file, await sealText(keys, text, this.#place(file)));
  }

  /** The content of a file; null where it is missing, damaged, foreign or sealed with an unknown key. */
  async #open<T>(file: string, read: (text: string) => T): Promise<T | null> {
    const { folder, keys } = this.#options;
    const sealed = await folder.read(file);
    if (sealed === null) return null;
    try {
      return read(await openText(keys, sealed, this.#place(file)));
    } catch {
      return null;
    }
  }

  #place(file: string): Place {
    return { pfx: this.#options.prefix, cache: file };
  }
}

const credentialOf = (file: string): CredentialName | null => nameOf(file, TOKEN) ?? nameOf(file, SPENT);

const nameOf = (file: string, ending: string): CredentialName | null =>
  file.endsWith(ending) ? toCredentialName(file.slice(0, -ending.length)) : null;
