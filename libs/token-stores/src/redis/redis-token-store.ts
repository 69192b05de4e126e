import {
  TokenStore,
  type CredentialName,
  type CredentialStatusRecord,
  type ExchangeCause,
  type ExchangeLimits,
  type Lease,
  type Millis,
  type Publication,
  type Spending,
  type StoredToken,
  type StoreListing,
  type TokenRecord,
} from '#libs/tokens';

import { CatalogListings } from './catalog-listings.ts';
import { parseGeneration } from './generation.ts';
import { writeHistory } from './history-text.ts';
import type { RedisAddress } from './redis-address.ts';
import { RedisChangeHints } from './redis-change-hints.ts';
import { openSubscriber } from './redis-client.ts';
import { RedisConnection } from './redis-connection.ts';
import { openEarlierTokens } from './redis-earlier-tokens.ts';
import { spendRedisExchange } from './redis-exchange-budget.ts';
import { writeGeneration } from './redis-generation-write.ts';
import { RedisKeys } from './redis-keys.ts';
import { takeRedisLease } from './redis-lease.ts';
import { GENERATION_RETENTION, MARK_RETENTION, tokenRetention } from './retention.ts';
import { TokenFingerprints } from './token-fingerprints.ts';
import type { SealingKeys } from '../sealing/sealing-keys.ts';
import { TokenSeal } from '../sealing/token-seal.ts';

/** Field of the catalog; see RedisKeys. */
const LISTED_FIELD = 'listed';

interface RedisTokenStoreOptions {
  readonly address: RedisAddress;
  readonly keyPrefix: string;
  readonly sealingKeys: SealingKeys;
  /** PEM certificates that rediss:// trusts instead of the system's. */
  readonly ca?: string | undefined;
}

/**
 * The store that all processes share: sealed tokens in Redis. Every operation ends within two seconds, and
 * fails at once while Redis is known to be down. Connects and reconnects in the background.
 */
export class RedisTokenStore extends TokenStore {
  readonly #keys: RedisKeys;
  readonly #seal: TokenSeal;
  readonly #connection: RedisConnection;
  readonly #hints: RedisChangeHints;
  readonly #listings = new CatalogListings();
  readonly #fingerprints = new TokenFingerprints();

  /** @throws Error for an invalid prefix, or a CA without TLS; never because Redis is down */
  constructor({ address, keyPrefix, sealingKeys, ca }: RedisTokenStoreOptions) {
    super();
    if (ca !== undefined && !address.tls)
      throw new Error('certificates to trust are of use only with rediss://');
    this.#keys = new RedisKeys(keyPrefix);
    this.#seal = new TokenSeal(sealingKeys, keyPrefix);
    this.#connection = new RedisConnection(address, ca);
    const open = () => openSubscriber(address, ca, this.#connection.nodes);
    this.#hints = new RedisChangeHints(open, this.#keys.changes);
  }

  async list(): Promise<readonly StoreListing[]> {
    return this.#listings.read(await this.#connection.run((redis) => redis.hgetall(this.#keys.catalog)));
  }

  async noteListing(): Promise<void> {
    await this.#connection.run((redis) => redis.hset(this.#keys.catalog, LISTED_FIELD, '1'));
  }

  async hasListing(): Promise<boolean> {
    return (await this.#connection.run((redis) => redis.hget(this.#keys.catalog, LISTED_FIELD))) !== null;
  }

  async read(name: CredentialName): Promise<StoredToken> {
    const key = this.#keys.token(name);
    const [stored, sealed, removal] = await this.#connection.run((redis) =>
      redis.hmget(key, 'generation', 'sealed', 'removed'),
    );
    const generation = parseGeneration(stored);
    if (typeof sealed !== 'string') {
      const status = await this.#seal.openRemoval(removal ?? '', name, generation);
      return { status, generation };
    }
    const opened = await this.#seal.open(sealed, name, generation);
    if (opened.status === 'found') this.#fingerprints.note(name, generation, sealed);
    return opened;
  }

  async findLost(held: ReadonlyMap<CredentialName, number>): Promise<readonly CredentialName[]> {
    const keys = [...held.keys()].map((name) => this.#keys.token(name));
    const found = await this.#connection.run(async (redis) => {
      // In a Cluster, one script takes keys of one slot only.
      const calls = this.#connection.isCluster ? keys.map((key) => [key]) : [keys];
      const answers = calls.map((part) => redis.fingerprints(part.length, ...part));
      return (await Promise.all(answers)).flat();
    });
    return [...held].flatMap(([name, generation], index) => {
      const [stored, sha1] = found[index] ?? [null, ''];
      const isThere = this.#fingerprints.fits(name, generation, parseGeneration(stored), sha1);
      return isThere ? [] : [name];
    });
  }

  async publish(record: TokenRecord): Promise<Publication> {
    const sealed = await this.#seal.seal(record);
    const { name, generation, token } = record;
    const { expiresAt, life } = token;
    const keepFor = tokenRetention(life);
    const write = { name, generation, sealed, removal: '', expiresAt, keepFor };
    const publication = await writeGeneration(this.#connection, this.#keys, write);
    if (publication.status === 'published') this.#fingerprints.note(name, generation, sealed);
    return publication;
  }

  async writeStatus(status: CredentialStatusRecord, generation: number): Promise<void> {
    const { name, at } = status;
    const json = JSON.stringify({ ...status, history: writeHistory(status.history) });
    await this.#connection.run((redis) => redis.writeStatus(this.#keys.catalog, name, at, json, generation));
  }

  async remove(name: CredentialName, generation: number): Promise<Publication> {
    const removal = await this.#seal.sealRemoval(name, generation);
    const write = { name, generation, sealed: '', removal, expiresAt: 0, keepFor: tokenRetention(0) };
    this.#fingerprints.forget(name);
    return writeGeneration(this.#connection, this.#keys, write);
  }

  async markOnce(name: CredentialName, mark: string): Promise<boolean> {
    const key = this.#keys.mark(name, mark);
    return (await this.#connection.run((redis) => redis.set(key, '1', 'EX', MARK_RETENTION, 'NX'))) === 'OK';
  }

  acquireLease(name: CredentialName, holdFor: Millis): Promise<Lease | null> {
    return takeRedisLease(this.#connection, this.#keys.lease(name), holdFor);
  }

  spendExchange(
    name: CredentialName,
    cause: ExchangeCause,
    caller: string,
    limits: ExchangeLimits,
  ): Promise<Spending> {
    return spendRedisExchange(this.#connection, this.#keys.spent(name, cause), caller, limits);
  }

  async readEarlier(name: CredentialName): Promise<readonly TokenRecord[]> {
    const fields = await this.#connection.run((redis) => redis.hgetall(this.#keys.earlier(name)));
    return openEarlierTokens(fields, name, this.#seal, Date.now());
  }

  async noteRevoked(name: CredentialName, tokenSha256: string): Promise<void> {
    const key = this.#keys.revoked(name, tokenSha256);
    const sealed = await this.#seal.sealRevocation(name, tokenSha256);
    await this.#connection.run((redis) => redis.set(key, sealed, 'EX', GENERATION_RETENTION));
  }

  async isRevoked(name: CredentialName, tokenSha256: string): Promise<boolean> {
    const key = this.#keys.revoked(name, tokenSha256);
    const sealed = await this.#connection.run((redis) => redis.get(key));
    return sealed !== null && this.#seal.isRevocation(sealed, name, tokenSha256);
  }

  watch(hint: (name: CredentialName) => void): () => void {
    return this.#hints.watch(hint);
  }

  async close(): Promise<void> {
    await Promise.all([this.#connection.close(), this.#hints.close()]);
  }
}
