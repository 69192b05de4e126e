import {
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

import type { Line } from './line.ts';
import type { SimulatedStore } from './simulated-store.ts';

/** The shared store as one replica reaches it. */
export class StoreLine extends TokenStore {
  readonly #line: Line;
  readonly #store: SimulatedStore;
  readonly #watchers = new Set<(name: CredentialName, generation: number) => void>();
  readonly #leases = new Map<CredentialName, number>();
  /** The highest removal of each credential that this replica was told of. */
  readonly removalsSeen = new Map<CredentialName, number>();

  constructor(line: Line, store: SimulatedStore) {
    super();
    this.#line = line;
    this.#store = store;
  }

  /** Whether this replica believes that it holds the lease. */
  isLeased(name: CredentialName): boolean {
    return (this.#leases.get(name) ?? 0) > 0;
  }

  hint(name: CredentialName, generation: number): void {
    for (const hint of this.#watchers) hint(name, generation);
  }

  override list(): Promise<readonly StoreListing[]> {
    return this.#line.ask('list', () => this.#store.contents.list());
  }

  override noteListing(): Promise<void> {
    return this.#line.ask('note a listing', () => this.#store.write((store) => store.noteListing()));
  }

  override hasListing(): Promise<boolean> {
    return this.#line.ask('ask for a listing', () => this.#store.contents.hasListing());
  }

  override writeSourceReport(report: SourceReport): Promise<void> {
    const what = 'write a report of the source';
    return this.#line.ask(what, () => this.#store.write((store) => store.writeSourceReport(report)));
  }

  override readSourceReport(): Promise<SourceReport | null> {
    return this.#line.ask('read a report of the source', () => this.#store.contents.readSourceReport());
  }

  override async read(name: CredentialName): Promise<StoredToken> {
    const stored = await this.#line.ask(`read ${name}`, () => this.#store.contents.read(name));
    if (stored.status === 'removed') {
      this.removalsSeen.set(name, Math.max(stored.generation, this.removalsSeen.get(name) ?? 0));
    }
    return stored;
  }

  override findLost(held: ReadonlyMap<CredentialName, number>): Promise<readonly CredentialName[]> {
    return this.#line.ask('find lost tokens', () => this.#store.contents.findLost(held));
  }

  override publish(record: TokenRecord): Promise<Publication> {
    const what = `publish generation ${record.generation} of ${record.name}`;
    return this.#line.ask(what, () => this.#store.publish(record));
  }

  override writeStatus(report: CredentialStatusRecord, generation: number): Promise<void> {
    const what = `report ${report.name} ${report.failing ? 'failing' : 'well'}`;
    return this.#line.ask(what, () => this.#store.write((store) => store.writeStatus(report, generation)));
  }

  override remove(name: CredentialName, generation: number): Promise<Publication> {
    const what = `remove ${name} at generation ${generation}`;
    return this.#line.ask(what, () => this.#store.remove(name, generation));
  }

  override markOnce(name: CredentialName, mark: string): Promise<boolean> {
    return this.#line.ask(`mark ${name}`, () => this.#store.write((store) => store.markOnce(name, mark)));
  }

  override spendExchange(
    name: CredentialName,
    cause: ExchangeCause,
    caller: string,
    limits: ExchangeLimits,
  ): Promise<Spending> {
    return this.#line.ask(`spend an exchange of ${name} for ${caller}`, () =>
      this.#store.write((store) => store.spendExchange(name, cause, caller, limits)),
    );
  }

  override readEarlier(name: CredentialName): Promise<readonly TokenRecord[]> {
    return this.#line.ask(`earlier tokens of ${name}`, () => this.#store.contents.readEarlier(name));
  }

  override earlierGenerations(
    names: readonly CredentialName[],
  ): Promise<ReadonlyMap<CredentialName, readonly number[]>> {
    return this.#line.ask('list earlier tokens', () => this.#store.contents.earlierGenerations(names));
  }

  override restoreEarlier(name: CredentialName, records: readonly TokenRecord[]): Promise<void> {
    return this.#line.ask(`restore earlier tokens of ${name}`, () =>
      this.#store.write((store) => store.restoreEarlier(name, records)),
    );
  }

  override noteRevoked(name: CredentialName, tokenSha256: string): Promise<void> {
    return this.#line.ask(`note a revocation of ${name}`, () =>
      this.#store.write((store) => store.noteRevoked(name, tokenSha256)),
    );
  }

  override isRevoked(name: CredentialName, tokenSha256: string): Promise<boolean> {
    return this.#line.ask(`revoked? ${name}`, () => this.#store.contents.isRevoked(name, tokenSha256));
  }

  override async acquireLease(name: CredentialName, holdFor: Millis): Promise<Lease | null> {
    const lease = await this.#line.ask(`lease ${name}`, () => this.#store.acquireLease(name, holdFor));
    if (lease === null) return null;
    this.#count(name, 1);
    return {
      release: () => {
        this.#count(name, -1);
        return this.#line.ask(`release ${name}`, () => lease.release()).catch(() => undefined);
      },
    };
  }

  override watch(hint: (name: CredentialName, generation: number) => void): () => void {
    this.#watchers.add(hint);
    return () => void this.#watchers.delete(hint);
  }

  override async close(): Promise<void> {
    this.#watchers.clear();
  }

  #count(name: CredentialName, change: number): void {
    this.#leases.set(name, (this.#leases.get(name) ?? 0) + change);
  }
}
