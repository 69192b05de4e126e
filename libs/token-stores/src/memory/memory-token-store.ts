import {
  SlidingBudget,
  SystemClock,
  TokenStore,
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
} from '#libs/tokens';

import { MemoryEarlierTokens } from './memory-earlier-tokens.ts';
import { MemoryLeases } from './memory-leases.ts';

interface Entry {
  readonly generation: number;
  readonly record: TokenRecord | null;
  readonly removed: boolean;
  /** Until the next token, even if the credential was created again. */
  readonly hasRemovalNote: boolean;
  readonly status: CredentialStatusRecord | null;
}

const NO_ENTRY: Entry = { generation: 0, record: null, removed: false, hasRemovalNote: false, status: null };

/** The store of a service with one process: in memory, lost with the process, never unavailable. */
export class MemoryTokenStore extends TokenStore {
  readonly #entries = new Map<CredentialName, Entry>();
  readonly #marks = new Set<string>();
  #hasListing = false;
  #sourceReport: SourceReport | null = null;
  readonly #leases: MemoryLeases;
  readonly #budget: SlidingBudget;
  readonly #earlier: MemoryEarlierTokens;
  readonly #watchers = new Set<{ readonly hint: (name: CredentialName, generation: number) => void }>();

  /** @param clock measures leases, budgets and the lifetime of earlier tokens */
  constructor(clock: Clock = new SystemClock()) {
    super();
    this.#leases = new MemoryLeases(clock);
    this.#budget = new SlidingBudget(clock);
    this.#earlier = new MemoryEarlierTokens(clock);
  }

  async list(): Promise<readonly StoreListing[]> {
    return [...this.#entries].map(([name, { generation, removed, status }]) => ({
      name,
      generation,
      removed,
      status,
    }));
  }

  async noteListing(): Promise<void> {
    this.#hasListing = true;
  }

  async hasListing(): Promise<boolean> {
    return this.#hasListing;
  }

  async writeSourceReport(report: SourceReport): Promise<void> {
    this.#sourceReport = report;
  }

  async readSourceReport(): Promise<SourceReport | null> {
    return this.#sourceReport;
  }

  async read(name: CredentialName): Promise<StoredToken> {
    const { record, generation, hasRemovalNote } = this.#entry(name);
    if (record !== null) return { status: 'found', record };
    return { status: hasRemovalNote ? 'removed' : 'absent', generation };
  }

  async findLost(held: ReadonlyMap<CredentialName, number>): Promise<readonly CredentialName[]> {
    return [...held].flatMap(([name, generation]) =>
      this.#entry(name).generation === generation ? [] : [name],
    );
  }

  async publish(record: TokenRecord): Promise<Publication> {
    const { status } = this.#entry(record.name);
    return this.#write(record.name, {
      generation: record.generation,
      record,
      removed: false,
      hasRemovalNote: false,
      status,
    });
  }

  async writeStatus(status: CredentialStatusRecord, generation: number): Promise<void> {
    const entry = this.#entry(status.name);
    if (entry.removed && entry.generation > generation) return;
    if (entry.status !== null && entry.status.at > status.at) return;
    this.#entries.set(status.name, { ...entry, removed: false, status });
  }

  async remove(name: CredentialName, generation: number): Promise<Publication> {
    return this.#write(name, { generation, record: null, removed: true, hasRemovalNote: true, status: null });
  }

  async markOnce(name: CredentialName, mark: string): Promise<boolean> {
    const key = `${name} ${mark}`;
    if (this.#marks.has(key)) return false;
    this.#marks.add(key);
    return true;
  }

  async acquireLease(name: CredentialName, holdFor: Millis): Promise<Lease | null> {
    return this.#leases.take(name, holdFor);
  }

  async spendExchange(
    name: CredentialName,
    cause: ExchangeCause,
    caller: string,
    limits: ExchangeLimits,
  ): Promise<Spending> {
    return this.#budget.spend(`${cause} ${name}`, caller, limits);
  }

  async readEarlier(name: CredentialName): Promise<readonly TokenRecord[]> {
    return this.#earlier.of(name);
  }

  async earlierGenerations(
    names: readonly CredentialName[],
  ): Promise<ReadonlyMap<CredentialName, readonly number[]>> {
    return new Map(names.map((name) => [name, this.#earlier.of(name).map(({ generation }) => generation)]));
  }

  async restoreEarlier(name: CredentialName, records: readonly TokenRecord[]): Promise<void> {
    this.#earlier.restore(name, records);
  }

  async noteRevoked(name: CredentialName, tokenSha256: string): Promise<void> {
    this.#marks.add(`${name} revoked-${tokenSha256}`);
  }

  async isRevoked(name: CredentialName, tokenSha256: string): Promise<boolean> {
    return this.#marks.has(`${name} revoked-${tokenSha256}`);
  }

  watch(hint: (name: CredentialName, generation: number) => void): () => void {
    const watcher = { hint };
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  async close(): Promise<void> {
    this.#watchers.clear();
  }

  #entry(name: CredentialName): Entry {
    return this.#entries.get(name) ?? NO_ENTRY;
  }

  #write(name: CredentialName, entry: Entry): Publication {
    const { generation, record } = this.#entry(name);
    if (entry.generation <= generation) return { status: 'superseded', generation };
    if (record !== null) this.#earlier.add(record);
    this.#entries.set(name, entry);
    for (const { hint } of this.#watchers) hint(name, entry.generation);
    return { status: 'published', generation: entry.generation };
  }
}
