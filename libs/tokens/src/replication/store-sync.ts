import type { CredentialName } from '../model/credential-name.ts';
import { lastCaused, type CredentialStatusRecord } from '../model/credential-status-record.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenEventListener } from '../model/events.ts';
import { forEachConcurrently } from './concurrency.ts';
import type { Lease } from '../ports/lease.ts';
import { answerOf, StoreLink } from './store-link.ts';
import type { TokenRecord } from '../model/token-record.ts';
import type { StoreListing, TokenStore } from '../ports/token-store.ts';
import { guardListener } from '../model/guard-listener.ts';
import type { Millis } from '../model/units.ts';
import { UnreadableTokens, type UnreadableReason } from './unreadable-tokens.ts';

/**
 * Keeps this process's copy and the store in step, in both directions: takes over what is newer there, writes there
 * what is newer here (after an outage, a flush or a lossy fail-over). With the store down this process goes on alone,
 * and `poll` makes up for it. Nothing here rejects.
 */
export class StoreSync {
  readonly #store: TokenStore;
  readonly #tokens: CurrentTokens;
  readonly #listener: TokenEventListener;
  readonly #link: StoreLink;
  readonly #unreadable = new UnreadableTokens();
  /** Removed here, and not yet in the store. */
  readonly #removals = new Set<CredentialName>();

  constructor(store: TokenStore, tokens: CurrentTokens, listener: TokenEventListener) {
    this.#store = store;
    this.#tokens = tokens;
    this.#listener = guardListener(listener);
    this.#link = new StoreLink(this.#listener);
  }

  /** Follows the store's hints until the returned function is called. `poll` finds what hints miss. */
  watch(): () => void {
    return this.#store.watch((name) => {
      void this.#link.whileUp(() => this.#takeOver(name));
    });
  }

  /** The generation a token minted now gets: above everything seen so far. */
  nextGeneration(name: CredentialName): number {
    return Math.max(this.#unreadable.generationOf(name), this.#tokens.generationOf(name)) + 1;
  }

  /** Whether the store holds a newer token, sealed with a key that this process does not know. */
  isAhead(name: CredentialName): boolean {
    return this.#unreadable.foreignGeneration(name) > this.#tokens.generationOf(name);
  }

  /** Compares everything with the store and mends the differences. Says whether the store answered. */
  poll(): Promise<boolean> {
    return this.#link.probe(async () => {
      const listing = new Map((await answerOf(this.#store.list())).map((entry) => [entry.name, entry]));
      this.#unreadable.keepOnly(listing);
      // Reading comes first: a store that takes no writes may still have news from others.
      await forEachConcurrently([...listing.values()], (entry) => this.#receive(entry));
      await forEachConcurrently([...this.#removals], (name) => this.#removeFromStore(name));
      await forEachConcurrently(this.#tokens.all(), ({ name }) => this.#send(name, listing.get(name)));
    });
  }

  /** Puts a new token to use here at once, and into the store as soon as it answers. */
  async publish(record: TokenRecord): Promise<void> {
    this.#removals.delete(record.name);
    this.#tokens.adopt(record);
    await this.#link.whileUp(() => this.#writeToken(record));
  }

  /** Makes a report known here at once, and to others through the store. */
  async publishStatus(status: CredentialStatusRecord): Promise<void> {
    this.#tokens.adoptStatus(status);
    await this.#link.whileUp(() => answerOf(this.#store.writeStatus(status)));
  }

  /** The right to exchange: a lease, `held` where another process has it, or `store-down` where nobody can tell. */
  async acquireLease(name: CredentialName, holdFor: Millis): Promise<Lease | 'held' | 'store-down'> {
    let lease: Lease | 'held' | 'store-down' = 'store-down';
    await this.#link.whileUp(async () => {
      const taken = await answerOf(this.#store.acquireLease(name, holdFor));
      // A release that is not answered holds up nobody: the lease runs out.
      const release = (): Promise<void> =>
        answerOf(taken?.release() ?? Promise.resolve()).catch(() => undefined);
      lease = taken === null ? 'held' : { release };
    });
    return lease;
  }

  /** Takes over the store's token of one credential, if it is newer. Says whether the store answered. */
  catchUp(name: CredentialName): Promise<boolean> {
    return this.#link.whileUp(() => this.#takeOver(name));
  }

  /** Whether this process is the first of all to set this mark; null while the store is down and nobody can tell. */
  markOnce(name: CredentialName, mark: string): Promise<boolean | null> {
    return this.ask((store) => store.markOnce(name, mark));
  }

  /** What the store answers to a question that changes nothing here; null while it is down and nobody can tell. */
  async ask<T>(question: (store: TokenStore) => Promise<T>): Promise<T | null> {
    let answer: T | null = null;
    await this.#link.whileUp(async () => {
      answer = await answerOf(question(this.#store));
    });
    return answer;
  }

  /** Takes a credential out of service here at once, and in the store as soon as it answers. */
  async remove(name: CredentialName): Promise<void> {
    this.#tokens.forget(name, this.nextGeneration(name));
    this.#removals.add(name);
    await this.#link.whileUp(() => this.#removeFromStore(name));
  }

  /** Takes over what is newer in the store. */
  async #receive(listed: StoreListing): Promise<void> {
    const { name, generation, removed, status } = listed;
    const own = this.#tokens.generationOf(name);
    // Also of what is to be removed from here: what is made anew must come above either removal.
    if (removed) this.#takeRemoval(name, generation);
    else if (this.#removals.has(name)) return;
    // Removed here, forgotten by the store (a flush), and brought back by somebody who missed the removal.
    else if (!this.#tokens.get(name) && generation > 0 && generation < own) this.#removals.add(name);
    else {
      if (status !== null) this.#tokens.adoptStatus(status);
      if (generation > own && !this.#unreadable.has(name, generation)) await this.#takeOver(name, listed);
    }
  }

  /** Writes what is newer here. Looks again after each wait, since the credential may have been removed meanwhile. */
  async #send(name: CredentialName, there: StoreListing | undefined): Promise<void> {
    const cached = this.#tokens.get(name)?.cached;
    const generation = there?.generation ?? 0;
    if (cached && cached.record.generation > generation) await this.#outdo(cached.record, generation);
    const status = this.#tokens.get(name)?.status;
    if (status && isNews(status, there?.status ?? null)) await answerOf(this.#store.writeStatus(status));
  }

  /** Reads one token and takes it over if it is newer than the held one. */
  async #takeOver(name: CredentialName, listed?: StoreListing): Promise<void> {
    if (this.#removals.has(name)) return;
    const stored = await answerOf(this.#store.read(name));
    switch (stored.status) {
      case 'found':
        this.#tokens.adopt(stored.record);
        return;
      case 'absent':
        if (stored.generation > 0) this.#takeRemoval(name, stored.generation);
        // Made anew elsewhere, without a token so far.
        if (listed?.status && listed.generation === stored.generation)
          this.#tokens.adoptStatus(listed.status);
        return;
      default:
        await this.#refuse(name, stored.generation, stored.status);
    }
  }

  /** What cannot be opened is never vended; what was tampered with is replaced by the own token, where there is one. */
  async #refuse(name: CredentialName, generation: number, reason: UnreadableReason): Promise<void> {
    if (!this.#unreadable.note(name, generation, reason)) return;
    this.#listener({ type: 'store.token-refused', name, reason });
    const own = this.#tokens.get(name)?.cached?.record;
    if (own === undefined || reason === 'unknown-key') return;
    await this.#putForward({ ...own, generation: this.nextGeneration(name) });
  }

  /** Somebody removed it at `generation`. A credential made anew here since then has no token yet, or a newer one. */
  #takeRemoval(name: CredentialName, generation: number): void {
    const known = this.#tokens.get(name);
    const isAnew = known?.generation === generation && known.cached === null;
    if (!isAnew) this.#tokens.forget(name, generation);
  }

  /**
   * Writes a token over one of a lower generation. Who renewed for itself for long may have counted further than the
   * others and still hold the older token: then theirs goes on, under a generation above both.
   */
  async #outdo(own: TokenRecord, generation: number): Promise<void> {
    const stored = generation > 0 ? await answerOf(this.#store.read(own.name)) : null;
    const isTheirsNewer =
      stored?.status === 'found' &&
      stored.record.version === own.version &&
      stored.record.token.expiresAt > own.token.expiresAt;
    await this.#putForward(isTheirsNewer ? { ...stored.record, generation: own.generation + 1 } : own);
  }

  /** Here at once, and then in the store. */
  async #putForward(record: TokenRecord): Promise<void> {
    this.#tokens.adopt(record);
    await this.#writeToken(record);
  }

  async #writeToken(record: TokenRecord): Promise<void> {
    const { status } = await answerOf(this.#store.publish(record));
    if (status === 'superseded') await this.#takeOver(record.name);
  }

  async #removeFromStore(name: CredentialName): Promise<void> {
    await answerOf(this.#store.remove(name, this.#tokens.generationOf(name)));
    // Superseded: somebody published meanwhile. The next look at the source says whether it is still to go.
    this.#removals.delete(name);
  }
}

/** Whether the store should have this report: a later one, or the same with what its writer had not heard of. */
const isNews = (own: CredentialStatusRecord, stored: CredentialStatusRecord | null): boolean =>
  stored === null || own.at > stored.at || (own.at === stored.at && lastCaused(own) > lastCaused(stored));
