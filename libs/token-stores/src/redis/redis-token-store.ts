import {
  instant,
  millis,
  toCredentialName,
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
import { EARLIER_TOKENS } from '../memory/memory-earlier-tokens.ts';
import type { RedisAddress } from './redis-address.ts';
import { openSubscriber } from './redis-client.ts';
import { RedisConnection } from './redis-connection.ts';
import { openEarlierTokens } from './redis-earlier-tokens.ts';
import { RedisKeys } from './redis-keys.ts';
import { takeRedisLease } from './redis-lease.ts';
import { RedisSubscription } from './redis-subscription.ts';
import type { SealingKeys } from '../sealing/sealing-keys.ts';
import { TokenSeal } from '../sealing/token-seal.ts';

/**
 * How long, in seconds, a generation is remembered after a removal, and after the end of a token's life: a week, when
 * no token of a lower generation can be alive any more (none lives over 48 hours). The catalog remembers it longer.
 */
const KEEP = 7 * 24 * 60 * 60;

/** How long, in milliseconds, an earlier token can still be alive: none lives over 48 hours. */
const KEEP_EARLIER = 48 * 60 * 60 * 1000;

/** How long, in seconds, a mark is remembered: longer than any warning comes ahead. */
const KEEP_MARKS = 60 * 24 * 60 * 60;

interface TokenContent {
  /** Empty for a removal. */
  readonly sealed: string;
  readonly ends: number;
  readonly keepMillis: number;
}

/** What a RedisTokenStore is made of. */
interface RedisTokenStoreOptions {
  readonly address: RedisAddress;
  readonly keyPrefix: string;
  readonly sealingKeys: SealingKeys;
  /** PEM certificates to trust for rediss:// instead of the machine's own. */
  readonly ca?: string | undefined;
}

/**
 * The store shared by all processes: tokens in Redis, sealed. Every operation is over within two seconds; one that is
 * known to be in vain fails at once. Connects in the background, and again for as long as it is open.
 */
export class RedisTokenStore extends TokenStore {
  readonly #address: RedisAddress;
  readonly #ca: string | undefined;
  readonly #keys: RedisKeys;
  readonly #seal: TokenSeal;
  readonly #connection: RedisConnection;
  readonly #listings = new CatalogListings();
  #subscription: RedisSubscription | null = null;
  readonly #watchers = new Set<{ readonly hint: (name: CredentialName) => void }>();

  /** @throws Error for a prefix that cannot be one, or a CA without TLS; never because Redis is down. */
  constructor({ address, keyPrefix, sealingKeys, ca }: RedisTokenStoreOptions) {
    super();
    this.#address = address;
    if (ca !== undefined && !this.#address.tls)
      throw new Error('certificates to trust are of use only with rediss://');
    this.#ca = ca;
    this.#keys = new RedisKeys(keyPrefix);
    this.#seal = new TokenSeal(sealingKeys, keyPrefix);
    this.#connection = new RedisConnection(this.#address, ca);
  }

  async list(): Promise<readonly StoreListing[]> {
    return this.#listings.read(await this.#connection.run((redis) => redis.hgetall(this.#keys.catalog)));
  }

  async read(name: CredentialName): Promise<StoredToken> {
    const key = this.#keys.token(name);
    const [stored, sealed] = await this.#connection.run((redis) => redis.hmget(key, 'generation', 'sealed'));
    const generation = parseGeneration(stored);
    return typeof sealed === 'string'
      ? this.#seal.open(sealed, name, generation)
      : { status: 'absent', generation };
  }

  async publish(record: TokenRecord): Promise<Publication> {
    const sealed = await this.#seal.seal(record);
    // Counted from now and not from a date, so that clocks that disagree delete nothing.
    const keepMillis = Math.ceil(record.token.life) + KEEP * 1000;
    const { name, generation, token } = record;
    return this.#write(name, generation, { sealed, ends: token.expiresAt, keepMillis });
  }

  async writeStatus(status: CredentialStatusRecord): Promise<void> {
    const { name, at } = status;
    const json = JSON.stringify({ ...status, history: writeHistory(status.history) });
    await this.#connection.run((redis) => redis.writeReport(this.#keys.catalog, name, at, json));
  }

  async remove(name: CredentialName, generation: number): Promise<Publication> {
    return this.#write(name, generation, { sealed: '', ends: 0, keepMillis: KEEP * 1000 });
  }

  async markOnce(name: CredentialName, mark: string): Promise<boolean> {
    const key = this.#keys.mark(name, mark);
    return (await this.#connection.run((redis) => redis.set(key, '1', 'EX', KEEP_MARKS, 'NX'))) === 'OK';
  }

  acquireLease(name: CredentialName, holdFor: Millis): Promise<Lease | null> {
    return takeRedisLease(this.#connection, this.#keys.lease(name), holdFor);
  }

  async spendExchange(
    name: CredentialName,
    cause: ExchangeCause,
    caller: string,
    { perCaller, perCredential, window }: ExchangeLimits,
  ): Promise<Spending> {
    const key = this.#keys.spent(name, cause);
    const [granted, retryAfter, allMustWait, ...spentAt] = await this.#connection.run((redis) =>
      redis.spendExchange(key, caller, perCaller, perCredential, window),
    );
    return {
      granted: granted === 1,
      retryAfter: millis(retryAfter),
      allMustWait: millis(allMustWait),
      spentAt: spentAt.map(instant),
    };
  }

  async readEarlier(name: CredentialName): Promise<readonly TokenRecord[]> {
    const fields = await this.#connection.run((redis) => redis.hgetall(this.#keys.earlier(name)));
    return openEarlierTokens(fields, name, this.#seal, Date.now());
  }

  async noteRevoked(name: CredentialName, tokenSha256: string): Promise<void> {
    const key = this.#keys.revoked(name, tokenSha256);
    const sealed = await this.#seal.sealRevocation(name, tokenSha256);
    await this.#connection.run((redis) => redis.set(key, sealed, 'EX', KEEP));
  }

  async isRevoked(name: CredentialName, tokenSha256: string): Promise<boolean> {
    const key = this.#keys.revoked(name, tokenSha256);
    const sealed = await this.#connection.run((redis) => redis.get(key));
    return sealed !== null && this.#seal.isRevocation(sealed, name, tokenSha256);
  }

  watch(hint: (name: CredentialName) => void): () => void {
    this.#subscription ??= this.#subscribe();
    const watcher = { hint };
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  async close(): Promise<void> {
    this.#watchers.clear();
    await Promise.all([this.#connection.close(), this.#subscription?.close()]);
  }

  /** Two commands: the token itself, and what the catalog says of it; the second also after a refusal, to mend what a crash between the two left. */
  #write(name: CredentialName, generation: number, content: TokenContent): Promise<Publication> {
    const { changes, catalog } = this.#keys;
    const { sealed, ends, keepMillis } = content;
    return this.#connection.run(async (redis) => {
      const [accepted, stored, hasToken] = await redis.writeToken(
        this.#keys.token(name),
        this.#keys.earlier(name),
        generation,
        sealed,
        ends,
        keepMillis,
        changes,
        name,
        KEEP_EARLIER,
        EARLIER_TOKENS,
      );
      await redis.raiseCatalog(catalog, name, stored, hasToken, KEEP);
      return { status: accepted === 1 ? 'published' : 'superseded', generation: stored };
    });
  }

  #subscribe(): RedisSubscription {
    const open = () => openSubscriber(this.#address, this.#ca, this.#connection.nodes);
    return new RedisSubscription(open, this.#keys.changes, (message) => {
      const name = toCredentialName(message);
      if (name !== null) for (const { hint } of this.#watchers) hint(name);
    });
  }
}
