import type { CredentialStatusRecord, StoreListing, CredentialName } from '#libs/tokens';

import { CatalogListings } from './catalog-listings.ts';
import { CatalogRecords } from './catalog-records.ts';
import type { IgnoredRecord } from './ignored-record.ts';
import type { RedisCommands } from './redis-client.ts';
import type { RedisConnection } from './redis-connection.ts';
import { LISTED_FIELD, type RedisKeys } from './redis-keys.ts';
import { GENERATION_RETENTION } from './retention.ts';
import type { RecordMac } from '../sealing/record-mac.ts';

/** Three records for each of 10,000 credentials, and `listed`. */
const MAX_FIELDS = 30_001;
/** In bytes. A status record with a long history has about 2 KiB. */
const MAX_RECORD = 16_384;
const MAX_CATALOG = 24 * 1024 * 1024;
/** How many credentials one command reads, and how many fields of a catalog that is too large. */
const NAMES_PER_COMMAND = 300;
const SCANNED_FIELDS = 2_000;
/** Longer values are not sent back to Redis to delete them. */
const MAX_DROPPED = 1_024;
/** Another writer may come in between two attempts. */
const MAX_ATTEMPTS = 4;

interface RedisCatalogParts {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  readonly mac: RecordMac;
  readonly onIgnored: (kind: IgnoredRecord, count: number) => void;
}

/**
 * The hash of all credentials. Every record is signed: a record that no process with the sealing keys wrote
 * is ignored, and replaced by the next write of its credential.
 */
export class RedisCatalog {
  readonly #parts: RedisCatalogParts;
  readonly #records: CatalogRecords;
  readonly #listings: CatalogListings;
  #cursor = '0';
  #hasDroppedOld = false;

  constructor(parts: RedisCatalogParts) {
    this.#parts = parts;
    this.#records = new CatalogRecords(parts.mac);
    this.#listings = new CatalogListings(this.#records);
  }

  /** @throws StoreUnavailable */
  async list(): Promise<readonly StoreListing[]> {
    const { connection, keys, onIgnored } = this.#parts;
    let isWhole = true;
    const fields = await connection.run(async (redis) => {
      const [answer, ...all] = await redis.readCatalog(keys.catalog, MAX_FIELDS, MAX_RECORD, MAX_CATALOG);
      isWhole = answer === 1;
      return isWhole ? all : this.#readPart(redis);
    });
    const { listings, refused } = await this.#listings.read(fields);
    if (refused.length > 0) onIgnored('listing', refused.length);
    if (!isWhole) await this.#drop(refused);
    return listings;
  }

  /** @throws StoreUnavailable */
  async noteListing(): Promise<void> {
    const { connection, keys } = this.#parts;
    await connection.run((redis) => redis.hset(keys.catalog, LISTED_FIELD, this.#records.signListing()));
    if (this.#hasDroppedOld) return;
    // Earlier versions wrote a catalog without signatures. Where one still runs, it writes it again.
    await connection.run((redis) => redis.del(keys.unsignedCatalog));
    this.#hasDroppedOld = true;
  }

  /** @throws StoreUnavailable */
  async hasListing(): Promise<boolean> {
    const [listed] = await this.#parts.connection.run((redis) =>
      redis.readFields(this.#parts.keys.catalog, MAX_RECORD, LISTED_FIELD),
    );
    return typeof listed === 'string' && this.#records.isListing(listed);
  }

  /** @throws StoreUnavailable */
  async writeStatus(status: CredentialStatusRecord, generation: number): Promise<void> {
    const { connection, keys } = this.#parts;
    const { name, at } = status;
    const signed = this.#records.signStatus(status);
    await connection.run(async (redis) => {
      const disproved = new Map<string, string>();
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const removal = disproved.get(`x:${name}`) ?? '';
        const stored = disproved.get(`r:${name}`) ?? '';
        const refusal = await redis.writeStatus(
          keys.catalog,
          name,
          at,
          signed,
          generation,
          removal,
          stored,
          MAX_RECORD,
        );
        if (refusal === null || this.#isAuthentic(name, ...refusal)) return;
        disproved.set(...refusal);
      }
    });
  }

  /** Writes the generation of a token, or of a removal, unless there is a higher one. */
  async raise(
    redis: RedisCommands,
    name: CredentialName,
    { generation, hasToken }: { readonly generation: number; readonly hasToken: boolean },
  ): Promise<void> {
    const removedAt = Math.floor(Date.now() / 1000);
    const signed = this.#records.signGeneration(name, generation);
    const removal = hasToken ? '' : this.#records.signRemoval(name, generation, removedAt);
    let disproved = '';
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const listed = await redis.raiseCatalog(
        this.#parts.keys.catalog,
        name,
        generation,
        signed,
        removal,
        disproved,
        GENERATION_RETENTION,
        MAX_RECORD,
      );
      if (listed === null || this.#isAuthentic(name, `g:${name}`, listed)) return;
      disproved = listed;
    }
  }

  /** Reads the known credentials, and the next part of a catalog that is too large. */
  async #readPart(redis: RedisCommands): Promise<string[]> {
    const { keys, onIgnored } = this.#parts;
    onIgnored('catalog', 1);
    const [cursor, ...scanned] = await redis.scanFields(
      keys.catalog,
      this.#cursor,
      SCANNED_FIELDS,
      MAX_RECORD,
    );
    this.#cursor = cursor;
    const fields = new Map<string, string>();
    for (let place = 0; place + 1 < scanned.length; place += 2) {
      fields.set(scanned[place] ?? '', scanned[place + 1] ?? '');
    }
    const { names } = this.#listings;
    for (let start = 0; start < names.length; start += NAMES_PER_COMMAND) {
      const part = names.slice(start, start + NAMES_PER_COMMAND);
      const known = part.flatMap((name) => [`g:${name}`, `r:${name}`, `x:${name}`]);
      const values = await redis.readFields(keys.catalog, MAX_RECORD, ...known);
      for (const [place, value] of values.entries()) {
        if (value !== null) fields.set(known[place] ?? '', value);
      }
    }
    return [...fields].flat();
  }

  /** Deletes what is not authentic, so that a catalog that is too large gets small again. */
  async #drop(refused: readonly (readonly [field: string, value: string])[]): Promise<void> {
    const { connection, keys } = this.#parts;
    const dropped = refused.filter(([, value]) => value.length <= MAX_DROPPED);
    if (dropped.length === 0) return;
    await connection.run((redis) => redis.dropFields(keys.catalog, ...dropped.flat()));
  }

  #isAuthentic(name: CredentialName, field: string, record: string): boolean {
    switch (field[0]) {
      case 'g':
        return this.#records.openGeneration(name, record) !== null;
      case 'x':
        return this.#records.isRemoval(name, record);
      default:
        return this.#records.openStatus(name, record) !== null;
    }
  }
}
