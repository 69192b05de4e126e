import {
  MAX_EARLIER_TOKENS,
  TokenStore,
  type CredentialName,
  type CredentialStatusRecord,
  type ExchangeCause,
  type ExchangeLimits,
  type Lease,
  type Millis,
  type Publication,
  type SourceReport,
  type Spending,
  type StoredToken,
  type StoreListing,
  type TokenRecord,
} from '#libs/tokens';

import { RedisFiles } from '../files/redis-files.ts';
import { parseGeneration } from './generation.ts';
import type { IgnoredRecord } from './ignored-record.ts';
import type { RedisAddress } from './redis-address.ts';
import { RedisChangeHints } from './redis-change-hints.ts';
import { RedisCatalog } from './redis-catalog.ts';
import { openSubscriber, type RedisCommands } from './redis-client.ts';
import { RedisConnection } from './redis-connection.ts';
import { MAX_SEALED, RedisCurrentTokens } from './redis-current-tokens.ts';
import { openEarlierTokens } from './redis-earlier-tokens.ts';
import { spendRedisExchange } from './redis-exchange-budget.ts';
import { RedisKeys } from './redis-keys.ts';
import { takeRedisLease } from './redis-lease.ts';
import { RefusedRights } from './refused-rights.ts';
import { setRedisMark } from './redis-marks.ts';
import { EARLIER_TOKEN_RETENTION, GENERATION_RETENTION, tokenRetention } from './retention.ts';
import { readBoundedValue, type SignedValues } from './signed-value.ts';
import { TokenFingerprints } from './token-fingerprints.ts';
import { RecordMac } from '../sealing/record-mac.ts';
import type { SealingKeys } from '../sealing/sealing-keys.ts';
import { MAX_SEALED_REPORT, SourceReportSeal } from '../sealing/source-report-seal.ts';
import { TokenSeal } from '../sealing/token-seal.ts';

/** The only field of `RedisKeys.source`. */
const REPORT_FIELD = 'report';

interface RedisTokenStoreOptions {
  readonly address: RedisAddress;
  readonly keyPrefix: string;
  readonly sealingKeys: SealingKeys;
  /** Password and certificates from files; none by default. */
  readonly files?: RedisFiles | undefined;
  /** Hears which command, key or channel Redis refuses to this user, with the remedy. */
  readonly onRefusedRight?: ((reason: string) => void) | undefined;
  /** Called for records that are ignored, as no process with the sealing keys wrote them. */
  readonly onIgnored?: (kind: IgnoredRecord, count: number) => void;
}

/**
 * The store that all processes share: sealed tokens in Redis. Every operation ends within two seconds, and
 * fails at once while Redis is known to be down. Connects and reconnects in the background.
 */
export class RedisTokenStore extends TokenStore {
  readonly #keys: RedisKeys;
  readonly #seal: TokenSeal;
  readonly #sourceReports: SourceReportSeal;
  readonly #connection: RedisConnection;
  readonly #hints: RedisChangeHints;
  readonly #catalog: RedisCatalog;
  readonly #current: RedisCurrentTokens;
  readonly #values: SignedValues;
  readonly #fingerprints = new TokenFingerprints();

  /** @throws Error for an invalid prefix; never because Redis is down */
  constructor(options: RedisTokenStoreOptions) {
    super();
    const { address, keyPrefix, sealingKeys, onRefusedRight, onIgnored = () => undefined } = options;
    const { files = new RedisFiles({}) } = options;
    this.#keys = new RedisKeys(keyPrefix);
    this.#seal = new TokenSeal(sealingKeys, keyPrefix);
    this.#sourceReports = new SourceReportSeal(sealingKeys, keyPrefix);
    const refused = new RefusedRights({ address, keyPrefix }, onRefusedRight);
    this.#connection = new RedisConnection({ address, files, keyPrefix, refused });
    const mac = new RecordMac(sealingKeys, keyPrefix);
    const open = () => openSubscriber(address, files, this.#connection.nodes);
    const onRefusal = (error: unknown) => refused.note(error);
    this.#hints = new RedisChangeHints({ open, channel: this.#keys.changes, mac, onIgnored, onRefusal });
    const shared = { connection: this.#connection, keys: this.#keys, onIgnored };
    this.#values = { connection: this.#connection, mac, onIgnored };
    this.#catalog = new RedisCatalog({ ...shared, mac });
    this.#current = new RedisCurrentTokens({
      ...shared,
      seal: this.#seal,
      catalog: this.#catalog,
      hints: this.#hints,
    });
  }

  list(): Promise<readonly StoreListing[]> {
    return this.#catalog.list();
  }

  noteListing(): Promise<void> {
    return this.#catalog.noteListing();
  }

  hasListing(): Promise<boolean> {
    return this.#catalog.hasListing();
  }

  async writeSourceReport(report: SourceReport): Promise<void> {
    const sealed = await this.#sourceReports.seal(report);
    await this.#connection.run((redis) => redis.hset(this.#keys.source, REPORT_FIELD, sealed));
  }

  async readSourceReport(): Promise<SourceReport | null> {
    const [sealed] = await this.#connection.run((redis) =>
      redis.readFields(this.#keys.source, MAX_SEALED_REPORT, REPORT_FIELD),
    );
    return typeof sealed === 'string' ? this.#sourceReports.open(sealed) : null;
  }

  async read(name: CredentialName): Promise<StoredToken> {
    const { stored, sealed } = await this.#current.read(name);
    if (stored.status === 'found' && sealed !== null) {
      this.#fingerprints.note(name, stored.record.generation, sealed);
    }
    return stored;
  }

  async findLost(held: ReadonlyMap<CredentialName, number>): Promise<readonly CredentialName[]> {
    const keys = [...held.keys()].map((name) => this.#keys.token(name));
    const found = await this.#forEachSlot(keys, (redis, part) => redis.fingerprints(part.length, ...part));
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
    const publication = await this.#current.write(write);
    if (publication.status === 'published') this.#fingerprints.note(name, generation, sealed);
    return publication;
  }

  writeStatus(status: CredentialStatusRecord, generation: number): Promise<void> {
    return this.#catalog.writeStatus(status, generation);
  }

  async remove(name: CredentialName, generation: number): Promise<Publication> {
    const removal = await this.#seal.sealRemoval(name, generation);
    const write = { name, generation, sealed: '', removal, expiresAt: 0, keepFor: tokenRetention(0) };
    this.#fingerprints.forget(name);
    return this.#current.write(write);
  }

  markOnce(name: CredentialName, mark: string): Promise<boolean> {
    return setRedisMark(this.#values, this.#keys.mark(name, mark), name, mark);
  }

  acquireLease(name: CredentialName, holdFor: Millis): Promise<Lease | null> {
    return takeRedisLease(this.#values, this.#keys.lease(name), name, holdFor);
  }

  spendExchange(
    name: CredentialName,
    cause: ExchangeCause,
    caller: string,
    limits: ExchangeLimits,
  ): Promise<Spending> {
    const key = this.#keys.budget(name, cause);
    return spendRedisExchange(this.#values, key, { name, cause, caller }, limits);
  }

  async readEarlier(name: CredentialName): Promise<readonly TokenRecord[]> {
    const fields = await this.#connection.run((redis) =>
      redis.readEarlier(this.#keys.earlier(name), 2 * MAX_EARLIER_TOKENS, MAX_SEALED),
    );
    return openEarlierTokens(fields, name, this.#seal, Date.now());
  }

  async earlierGenerations(
    names: readonly CredentialName[],
  ): Promise<ReadonlyMap<CredentialName, readonly number[]>> {
    const keys = names.map((name) => this.#keys.earlier(name));
    const found = await this.#forEachSlot(keys, (redis, part) =>
      redis.earlierGenerations(part.length, ...part),
    );
    return new Map(names.map((name, index) => [name, (found[index] ?? []).map(parseGeneration)]));
  }

  async restoreEarlier(name: CredentialName, records: readonly TokenRecord[]): Promise<void> {
    const fields = await Promise.all(
      records.map(async (record) => [
        record.generation,
        `${record.token.expiresAt} ${await this.#seal.seal(record)}`,
      ]),
    );
    const limits = [EARLIER_TOKEN_RETENTION, MAX_EARLIER_TOKENS];
    await this.#connection.run((redis) =>
      redis.restoreEarlier(this.#keys.earlier(name), ...limits, ...fields.flat()),
    );
  }

  async noteRevoked(name: CredentialName, tokenSha256: string): Promise<void> {
    const key = this.#keys.revoked(name, tokenSha256);
    const sealed = await this.#seal.sealRevocation(name, tokenSha256);
    await this.#connection.run((redis) => redis.set(key, sealed, 'EX', GENERATION_RETENTION));
  }

  async isRevoked(name: CredentialName, tokenSha256: string): Promise<boolean> {
    const key = this.#keys.revoked(name, tokenSha256);
    const sealed = await this.#connection.run((redis) => readBoundedValue(redis, key));
    return this.#seal.isRevocation(sealed, name, tokenSha256);
  }

  watch(hint: (name: CredentialName, generation: number) => void): () => void {
    return this.#hints.watch(hint);
  }

  async close(): Promise<void> {
    await Promise.all([this.#connection.close(), this.#hints.close()]);
  }

  /** Runs a script over many keys. In a Cluster, one call takes keys of one slot only. */
  #forEachSlot<T>(
    keys: readonly string[],
    call: (redis: RedisCommands, part: readonly string[]) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    return this.#connection.run(async (redis) => {
      const parts = this.#connection.isCluster ? keys.map((key) => [key]) : [keys];
      return (await Promise.all(parts.map((part) => call(redis, part)))).flat();
    });
  }
}
