import { MemoryTokenStore } from '#libs/token-stores';
import {
  StoreUnavailable,
  type Clock,
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
  TokenStore,
} from '#libs/tokens';

const OPERATIONS = [
  'list',
  'read',
  'noteListing',
  'hasListing',
  'writeSourceReport',
  'readSourceReport',
  'findLost',
  'publish',
  'report',
  'remove',
  'markOnce',
  'spendExchange',
  'readEarlier',
  'earlierGenerations',
  'restoreEarlier',
  'noteRevoked',
  'isRevoked',
  'acquireLease',
  'releaseLease',
] as const;
type Operation = (typeof OPERATIONS)[number];

/** A store that all processes of a test share, with scripted outages, flushes and delays. */
export class ScriptedTokenStore extends TokenStore {
  readonly #clock: Clock | undefined;
  #inner: MemoryTokenStore;
  readonly #watchers = new Set<(name: CredentialName, generation: number) => void>();
  readonly #unreadable = new Map<CredentialName, 'tampered' | 'unknown-key'>();
  readonly #failures = new Map<Operation, unknown>();
  readonly #delays = new Map<Operation, Promise<unknown>>();
  readonly #counts = new Map<Operation, number>();
  hints = true;

  /** @param clock by which leases expire; real time by default */
  constructor(clock?: Clock) {
    super();
    this.#clock = clock;
    this.#inner = new MemoryTokenStore(clock);
  }

  /** Number of calls of an operation. */
  count(operation: Operation): number {
    return this.#counts.get(operation) ?? 0;
  }

  /** Makes the given operations reject, by default all of them with StoreUnavailable. */
  fail(
    failure: unknown = new StoreUnavailable('scripted outage'),
    operations: readonly Operation[] = OPERATIONS,
  ): void {
    for (const operation of operations) this.#failures.set(operation, failure);
  }

  recover(): void {
    this.#failures.clear();
  }

  /** Delays the answer of an operation until the promise settles; the operation takes effect at once. */
  delay(operation: Operation, until: Promise<unknown>): void {
    this.#delays.set(operation, until);
  }

  /** Makes the stored token unreadable until the next publication. */
  spoil(name: CredentialName, reason: 'tampered' | 'unknown-key'): void {
    this.#unreadable.set(name, reason);
  }

  /** Deletes everything, removals and leases included. */
  flush(): void {
    this.#inner = new MemoryTokenStore(this.#clock);
    this.#unreadable.clear();
  }

  override list(): Promise<readonly StoreListing[]> {
    return this.#perform('list', () => this.#inner.list());
  }

  override noteListing(): Promise<void> {
    return this.#perform('noteListing', () => this.#inner.noteListing());
  }

  override hasListing(): Promise<boolean> {
    return this.#perform('hasListing', () => this.#inner.hasListing());
  }

  override writeSourceReport(report: SourceReport): Promise<void> {
    return this.#perform('writeSourceReport', () => this.#inner.writeSourceReport(report));
  }

  override readSourceReport(): Promise<SourceReport | null> {
    return this.#perform('readSourceReport', () => this.#inner.readSourceReport());
  }

  override read(name: CredentialName): Promise<StoredToken> {
    return this.#perform('read', async () => {
      const stored = await this.#inner.read(name);
      const reason = this.#unreadable.get(name);
      if (stored.status !== 'found' || reason === undefined) return stored;
      return { status: reason, generation: stored.record.generation };
    });
  }

  override findLost(held: ReadonlyMap<CredentialName, number>): Promise<readonly CredentialName[]> {
    return this.#perform('findLost', () => this.#inner.findLost(held));
  }

  override publish(record: TokenRecord): Promise<Publication> {
    return this.#perform('publish', async () => {
      const publication = await this.#inner.publish(record);
      if (publication.status === 'published') this.#unreadable.delete(record.name);
      this.#hint(record.name, record.generation);
      return publication;
    });
  }

  override writeStatus(status: CredentialStatusRecord, generation: number): Promise<void> {
    return this.#perform('report', () => this.#inner.writeStatus(status, generation));
  }

  override remove(name: CredentialName, generation: number): Promise<Publication> {
    return this.#perform('remove', async () => {
      const publication = await this.#inner.remove(name, generation);
      this.#hint(name, generation);
      return publication;
    });
  }

  override markOnce(name: CredentialName, mark: string): Promise<boolean> {
    return this.#perform('markOnce', () => this.#inner.markOnce(name, mark));
  }

  override spendExchange(
    name: CredentialName,
    cause: ExchangeCause,
    caller: string,
    limits: ExchangeLimits,
  ): Promise<Spending> {
    return this.#perform('spendExchange', () => this.#inner.spendExchange(name, cause, caller, limits));
  }

  override readEarlier(name: CredentialName): Promise<readonly TokenRecord[]> {
    return this.#perform('readEarlier', () => this.#inner.readEarlier(name));
  }

  override earlierGenerations(
    names: readonly CredentialName[],
  ): Promise<ReadonlyMap<CredentialName, readonly number[]>> {
    return this.#perform('earlierGenerations', () => this.#inner.earlierGenerations(names));
  }

  override restoreEarlier(name: CredentialName, records: readonly TokenRecord[]): Promise<void> {
    return this.#perform('restoreEarlier', () => this.#inner.restoreEarlier(name, records));
  }

  override noteRevoked(name: CredentialName, tokenSha256: string): Promise<void> {
    return this.#perform('noteRevoked', () => this.#inner.noteRevoked(name, tokenSha256));
  }

  override isRevoked(name: CredentialName, tokenSha256: string): Promise<boolean> {
    return this.#perform('isRevoked', () => this.#inner.isRevoked(name, tokenSha256));
  }

  override async acquireLease(name: CredentialName, holdFor: Millis): Promise<Lease | null> {
    const lease = await this.#perform('acquireLease', () => this.#inner.acquireLease(name, holdFor));
    if (lease === null) return null;
    // As the port requires, a failed release is no error: the lease expires.
    return { release: () => this.#perform('releaseLease', () => lease.release()).catch(() => undefined) };
  }

  override watch(hint: (name: CredentialName, generation: number) => void): () => void {
    this.#watchers.add(hint);
    return () => void this.#watchers.delete(hint);
  }

  override async close(): Promise<void> {
    this.#watchers.clear();
  }

  #hint(name: CredentialName, generation: number): void {
    if (this.hints) for (const hint of this.#watchers) hint(name, generation);
  }

  async #perform<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    this.#counts.set(operation, this.count(operation) + 1);
    if (this.#failures.has(operation)) throw this.#failures.get(operation);
    const answer = await work();
    await this.#delays.get(operation);
    return answer;
  }
}
