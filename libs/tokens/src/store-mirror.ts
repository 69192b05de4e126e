import type { CredentialName } from './credential-name.ts';
import type { CredentialReport } from './credential-report.ts';
import type { CurrentTokens } from './current-tokens.ts';
import type { TokenEventListener } from './events.ts';
import type { TokenRecord } from './token-record.ts';
import { StoreUnavailable, type StoreListing, type TokenStore } from './token-store.ts';

/**
 * Keeps this process's copy and the store in step, in both directions: takes over what is newer there, writes there
 * what is newer here (after an outage, a flush or a lossy fail-over). With the store down this process goes on alone.
 */
export class StoreMirror {
  readonly #store: TokenStore;
  readonly #tokens: CurrentTokens;
  readonly #listener: TokenEventListener;
  /** The highest generation seen anywhere, removals and unreadable tokens included. */
  readonly #fences = new Map<CredentialName, number>();
  /** Tokens this process could not open; each generation is tried once. */
  readonly #unreadable = new Map<
    CredentialName,
    { generation: number; reason: 'tampered' | 'unknown-key' }
  >();
  readonly #removals = new Set<CredentialName>();
  #up: boolean | null = null;

  constructor(store: TokenStore, tokens: CurrentTokens, listener: TokenEventListener) {
    this.#store = store;
    this.#tokens = tokens;
    this.#listener = listener;
  }

  /** Follows the store's hints until the returned function is called. `poll` finds what hints miss. */
  watch(): () => void {
    return this.#store.watch((name) => {
      void this.#whileUp(() => this.#takeOver(name));
    });
  }

  /** The generation a token minted now gets: above everything seen so far. */
  nextGeneration(name: CredentialName): number {
    return Math.max(this.#fences.get(name) ?? 0, this.#tokens.get(name)?.generation ?? 0) + 1;
  }

  /** Whether the store holds a newer token, sealed with a key that this process does not know. */
  isAhead(name: CredentialName): boolean {
    return this.#isUnreadable(name) && this.#unreadable.get(name)?.reason === 'unknown-key';
  }

  /** Compares everything with the store and mends the differences. Says whether the store answered. */
  async poll(): Promise<boolean> {
    return this.#whileUp(async () => {
      for (const name of this.#removals) await this.#removeFromStore(name);
      const listing = new Map((await this.#store.list()).map((entry) => [entry.name, entry]));
      for (const entry of listing.values()) await this.#compare(entry);
      for (const { name, held, report } of this.#tokens.all()) {
        if (listing.has(name)) continue;
        if (held !== null) await this.#writeToken(held.record);
        if (report !== null) await this.#store.report(report);
      }
    });
  }

  /** Puts a new token to use here at once, and into the store as soon as it answers. */
  async publish(record: TokenRecord): Promise<void> {
    this.#removals.delete(record.name);
    this.#see(record.name, record.generation);
    this.#tokens.adopt(record);
    await this.#whileUp(() => this.#writeToken(record));
  }

  /** Makes a report known here at once, and to others through the store. */
  async report(report: CredentialReport): Promise<void> {
    this.#tokens.learn(report);
    await this.#whileUp(() => this.#store.report(report));
  }

  /** Takes a credential out of service here at once, and in the store as soon as it answers. */
  async remove(name: CredentialName): Promise<void> {
    this.#see(name, this.nextGeneration(name));
    this.#tokens.forget(name, this.#generationOf(name));
    this.#removals.add(name);
    await this.#whileUp(() => this.#removeFromStore(name));
  }

  async #compare({ name, generation, removed, report }: StoreListing): Promise<void> {
    if (this.#removals.has(name)) return;
    this.#see(name, generation);
    if (removed) {
      this.#tokens.forget(name, generation);
      return;
    }
    const known = this.#tokens.get(name);
    if (known?.report && known.report.at > (report?.at ?? 0)) await this.#store.report(known.report);
    else if (report !== null) this.#tokens.learn(report);
    if (generation > (known?.generation ?? 0)) await this.#takeOver(name);
    else if (known?.held && generation < known.generation) await this.#writeToken(known.held.record);
  }

  /** Reads one token and takes it over if it is newer than the held one. */
  async #takeOver(name: CredentialName): Promise<void> {
    if (this.#isUnreadable(name) || this.#removals.has(name)) return;
    const stored = await this.#store.read(name);
    const generation = stored.status === 'found' ? stored.record.generation : stored.generation;
    this.#see(name, generation);
    switch (stored.status) {
      case 'found':
        this.#tokens.adopt(stored.record);
        return;
      case 'absent':
        if (generation > 0) this.#tokens.forget(name, generation);
        return;
      case 'unknown-key':
      case 'tampered': {
        const reason = stored.status;
        this.#unreadable.set(name, { generation, reason });
        this.#listener({ type: 'store.token-refused', name, reason });
        const own = this.#tokens.get(name)?.held;
        if (own && reason === 'tampered') {
          await this.publish({ ...own.record, generation: this.nextGeneration(name) });
        }
        return;
      }
    }
  }

  #isUnreadable(name: CredentialName): boolean {
    const tried = this.#unreadable.get(name);
    return tried !== undefined && tried.generation === this.#fences.get(name);
  }

  async #writeToken(record: TokenRecord): Promise<void> {
    const publication = await this.#store.publish(record);
    this.#see(record.name, publication.generation);
    if (publication.status === 'superseded') await this.#takeOver(record.name);
  }

  async #removeFromStore(name: CredentialName): Promise<void> {
    const removal = await this.#store.remove(name, this.#generationOf(name));
    this.#see(name, removal.generation);
    // Superseded: somebody published meanwhile. The next look at the source says whether it is still to go.
    this.#removals.delete(name);
  }

  #generationOf(name: CredentialName): number {
    return this.#fences.get(name) ?? this.#tokens.get(name)?.generation ?? 0;
  }

  #see(name: CredentialName, generation: number): void {
    if (generation > (this.#fences.get(name) ?? 0)) this.#fences.set(name, generation);
  }

  async #whileUp(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      if (this.#up !== false) this.#listener({ type: 'store.down', reason: error.message });
      this.#up = false;
      return false;
    }
    if (this.#up !== true) this.#listener({ type: 'store.up' });
    this.#up = true;
    return true;
  }
}
