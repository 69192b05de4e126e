import type { CredentialName } from '../model/credential-name.ts';
import { lastCaused, type CredentialStatusRecord } from '../model/credential-status-record.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { TokenRecord } from '../model/token-record.ts';
import type { PeerNews } from '../ports/peers.ts';
import type { StoredToken, StoreListing, TokenStore } from '../ports/token-store.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { CacheRestore } from './cache-restore.ts';
import type { CacheWriter } from './cache-writer.ts';
import { forEachConcurrently } from './concurrency.ts';
import { EarlierTokensSync } from './earlier-tokens-sync.ts';
import { FoundTokens } from './found-tokens.ts';
import { HintedPulls } from './hinted-pulls.ts';
import { LossCheck } from './loss-check.ts';
import { answerOf, type StoreLink } from './store-link.ts';
import { UnreadableTokens, type UnreadableReason } from './unreadable-tokens.ts';

interface StoreSyncParts {
  readonly store: TokenStore;
  readonly link: StoreLink;
  readonly tokens: CurrentTokens;
  readonly listener: TokenEventListener;
  readonly cacheRestore: CacheRestore;
  readonly cacheWriter: CacheWriter;
}

/**
 * Keeps this process's copy and the store in step, in both directions: it pulls what is newer in the store
 * and pushes what is newer here, such as after an outage, a flush or a lossy fail-over. While the store is
 * down the process goes on alone, and the next `poll` makes up for it. No method rejects.
 */
export class StoreSync {
  readonly found: FoundTokens;
  readonly #store: TokenStore;
  readonly #link: StoreLink;
  readonly #tokens: CurrentTokens;
  readonly #listener: TokenEventListener;
  readonly #cacheRestore: CacheRestore;
  readonly #cacheWriter: CacheWriter;
  readonly #unreadable = new UnreadableTokens();
  /** Credentials that are removed here and not yet in the store. */
  readonly #removals = new Set<CredentialName>();
  readonly #lossCheck = new LossCheck();
  readonly #hintedPulls = new HintedPulls((name) => this.catchUp(name));
  readonly #earlierSync: EarlierTokensSync;
  #hasPeersNews = false;
  #hasPeersCopy = false;

  constructor({ store, link, tokens, listener, cacheRestore, cacheWriter }: StoreSyncParts) {
    this.found = new FoundTokens(store);
    this.#store = store;
    this.#cacheRestore = cacheRestore;
    this.#cacheWriter = cacheWriter;
    this.#link = link;
    this.#tokens = tokens;
    this.#listener = listener;
    this.#earlierSync = new EarlierTokensSync(store, tokens.earlier);
  }

  /**
   * Pulls what the store hints at. `poll` finds what hints miss.
   * @returns a function that stops it
   */
  watch(): () => void {
    return this.#store.watch((name, generation) => {
      if (generation > this.#tokens.generationOf(name)) this.#hintedPulls.hint(name, generation);
    });
  }

  /** The generation of a token minted now: above every generation seen so far. */
  nextGeneration(name: CredentialName): number {
    const own = this.#tokens.generationOf(name);
    return Math.max(this.#unreadable.generationOf(name, own), this.found.revokedGeneration(name), own) + 1;
  }

  /** Whether the store holds a newer token that is sealed with a key unknown to this process. */
  isAhead(name: CredentialName): boolean {
    const own = this.#tokens.generationOf(name);
    return this.#unreadable.unknownKeyGeneration(name, own) > own;
  }

  /** Compares everything with the store and evens out the differences. Returns whether the store answered. */
  async poll(): Promise<boolean> {
    const isAnswered = await this.#link.probe(async () => {
      const listing = new Map((await answerOf(this.#store.list())).map((entry) => [entry.name, entry]));
      this.#unreadable.keepOnly(listing);
      // Pulling comes first: a store that refuses writes may still have news from other processes.
      await forEachConcurrently([...listing.values()], (entry) => this.#applyListing(entry));
      await this.#cacheRestore.confirm(this.#store);
      await forEachConcurrently([...this.#removals], (name) => this.#pushRemoval(name));
      await forEachConcurrently(this.#tokens.all(), ({ name }) => this.#push(name, listing.get(name)));
      await forEachConcurrently(await this.#findLost(), (name) => this.#restore(name));
      await this.#earlierSync.check();
    });
    if (isAnswered) this.#cacheWriter.begin();
    else await this.restoreCache();
    void this.#cacheWriter.write();
    return isAnswered;
  }

  /** Puts the tokens of the cache into service, unless the store has answered since the start. */
  async restoreCache(): Promise<void> {
    if (!this.#cacheWriter.hasBegun) await this.#cacheRestore.restore();
    this.#cacheWriter.begin();
  }

  /** Whether a cache or a peer that knew all credentials told this process everything, without the store. */
  get hasCompleteCopy(): boolean {
    return this.#cacheRestore.isComplete || this.#hasPeersCopy;
  }

  /** Writes to the cache what is not written yet. For the end of the process. */
  async flushCache(): Promise<void> {
    await this.#cacheWriter.write();
  }

  /** Records in the store that this process has listed its source completely. */
  async noteListing(): Promise<void> {
    this.#cacheWriter.markComplete();
    await this.#link.ask((store) => store.noteListing());
  }

  /** Whether the store answered, and knows the credentials of some complete listing. */
  async hasListing(): Promise<boolean> {
    const isFromStore = this.#tokens.size > 0 && !this.#cacheRestore.isRestored && !this.#hasPeersNews;
    const isKnown = isFromStore || (await this.#link.ask((store) => store.hasListing())) === true;
    if (isKnown) this.#cacheWriter.markComplete();
    return isKnown;
  }

  /** Puts a new token into service here at once, and into the store as soon as it answers. */
  async publish(record: TokenRecord): Promise<void> {
    this.#removals.delete(record.name);
    this.#tokens.adopt(record);
    await this.#link.run(() => this.#writeToken(record));
  }

  /** Adopts a status record here at once, and writes it to the store if that answers. */
  async publishStatus(status: CredentialStatusRecord): Promise<void> {
    this.#tokens.adoptStatus(status);
    await this.#link.run(() => this.#writeStatus(status));
  }

  /** Pulls the token of one credential from the store if it is newer. Returns whether the store answered. */
  catchUp(name: CredentialName): Promise<boolean> {
    return this.#link.run(() => this.#pull(name));
  }

  /** Whether the store answered, and knows that IMS invalidated this token. */
  async isRevoked(name: CredentialName, tokenSha256: string): Promise<boolean> {
    return (await this.#link.ask((store) => store.isRevoked(name, tokenSha256))) === true;
  }

  /** Takes a credential out of service here at once, and in the store as soon as it answers. */
  async remove(name: CredentialName): Promise<void> {
    this.#tokens.forget(name, this.nextGeneration(name));
    this.#removals.add(name);
    await this.#link.run(() => this.#pushRemoval(name));
  }

  /** Applies what the store lists of one credential. */
  async #applyListing(listed: StoreListing): Promise<void> {
    const { name, generation, removed, status } = listed;
    const own = this.#tokens.generationOf(name);
    // This also applies to a credential that is about to be removed from here: a credential that is created
    // again must come above both removals. The catalog alone proves nothing, the note beside the token does.
    if (removed) await this.#pullRemoval(name, generation);
    else if (this.#removals.has(name)) return;
    // Removed here, forgotten by the store (a flush), and written again by a process that missed the removal.
    else if (!this.#tokens.get(name) && generation > 0 && generation < own) this.#removals.add(name);
    else {
      if (status !== null) this.#tokens.adoptStatus(status);
      if (generation > own && !this.#unreadable.has(name, generation)) await this.#pull(name, listed);
    }
  }

  /** Reads the removal of a credential, unless this process knows it already. */
  async #pullRemoval(name: CredentialName, generation: number): Promise<void> {
    const own = this.#tokens.generationOf(name);
    if (generation < own || (generation === own && this.#tokens.get(name) === undefined)) return;
    const stored = await answerOf(this.#store.read(name));
    if (stored.status === 'removed') this.#applyRemoval(name, stored.generation);
    else if (stored.status === 'found' && !this.#removals.has(name))
      await this.#adoptOrOutlive(stored.record);
  }

  async #findLost(): Promise<readonly CredentialName[]> {
    const held = this.#lossCheck.next(this.#tokens.all());
    if (held.length === 0) return [];
    return answerOf(this.#store.findLost(new Map(held.map(({ name, generation }) => [name, generation]))));
  }

  /** Writes back a token that the store has lost, or of which it holds an older generation. */
  async #restore(name: CredentialName): Promise<void> {
    const stored = await this.#pull(name);
    const own = this.#tokens.get(name)?.cached?.record;
    if (own === undefined || stored === null || isUnreadable(stored)) return;
    const generation = stored.status === 'found' ? stored.record.generation : stored.generation;
    if (generation < own.generation) await this.#pushOver(own, generation);
  }

  /**
   * Writes what is newer here. Reads it again after each wait: the credential may have been removed
   * meanwhile.
   */
  async #push(name: CredentialName, listed: StoreListing | undefined): Promise<void> {
    const cached = this.#tokens.get(name)?.cached;
    const generation = listed?.generation ?? 0;
    if (cached && cached.record.generation > generation) await this.#pushOver(cached.record, generation);
    const status = this.#tokens.get(name)?.status;
    if (status && isNewer(status, listed?.status ?? null)) await this.#writeStatus(status);
  }

  /**
   * Reads one token from the store and adopts it if it is newer than the cached one. Returns what it read;
   * null where the credential is about to be removed.
   */
  async #pull(name: CredentialName, listed?: StoreListing): Promise<StoredToken | null> {
    if (this.#removals.has(name)) return null;
    const stored = await answerOf(this.#store.read(name));
    switch (stored.status) {
      case 'found':
        await this.#adoptOrOutlive(stored.record);
        break;
      case 'removed':
      case 'absent':
        if (stored.status === 'removed') this.#applyRemoval(name, stored.generation);
        // Another process has created the credential, again or for the first time, and has no token for it
        // yet.
        if (listed?.removed === false && listed.status && listed.generation === stored.generation) {
          this.#tokens.adoptStatus(listed.status);
        }
        break;
      default:
        await this.#refuse(name, stored.generation, stored.status);
    }
    return stored;
  }

  /**
   * Adopts a token from the store. An own token of the same version that lives longer goes on instead, under
   * a generation above both, unless the stored token replaced it as rejected.
   */
  async #adoptOrOutlive(stored: TokenRecord): Promise<void> {
    const own = this.#tokens.get(stored.name)?.cached?.record;
    const isOlder = stored.generation <= this.#tokens.generationOf(stored.name);
    // This process knows nothing that orders its first token: the store may be an old one.
    const isFirst = this.#tokens.generationOf(stored.name) === 0;
    if (isFirst && (await this.found.judge(stored)) !== 'good') return;
    if (isOlder || own === undefined || !outlives(own, stored)) this.#tokens.adopt(stored);
    else await this.#publishLocal({ ...own, generation: stored.generation + 1 });
  }

  /** Records that a peer that knows all credentials told everything. */
  notePeersCopy(): void {
    this.#hasPeersCopy = true;
  }

  /**
   * Adopts what a peer knows better, by the rules for the store; the next `poll` pushes it there. Returns
   * whether it was new.
   */
  adoptFromPeer({ name, generation, record }: PeerNews): boolean {
    if (generation <= this.#tokens.generationOf(name) || this.#removals.has(name)) return false;
    this.#hasPeersNews = true;
    if (record === null) {
      this.#applyRemoval(name, generation);
      return true;
    }
    const own = this.#tokens.get(name)?.cached?.record;
    const next = own !== undefined && outlives(own, record) ? own : record;
    return this.#tokens.adopt(next === own ? { ...own, generation: generation + 1 } : record);
  }

  /** Refuses a token that cannot be opened. The own token, where there is one, replaces a tampered token. */
  async #refuse(name: CredentialName, generation: number, reason: UnreadableReason): Promise<void> {
    if (!this.#unreadable.note(name, generation, reason)) return;
    this.#listener({ type: 'store.token-refused', name, reason });
    const own = this.#tokens.get(name)?.cached?.record;
    if (own === undefined || this.#unreadable.unknownKeyGeneration(name, own.generation) > 0) return;
    await this.#publishLocal({ ...own, generation: this.nextGeneration(name) });
  }

  /**
   * Applies a removal at `generation`. A credential re-created here since then has no token yet, or a newer
   * one.
   */
  #applyRemoval(name: CredentialName, generation: number): void {
    const known = this.#tokens.get(name);
    const isRecreated = known?.generation === generation && known.cached === null;
    if (!isRecreated) this.#tokens.forget(name, generation);
  }

  /**
   * Writes a token over one of a lower generation. A process that renewed alone for long may have counted
   * further than the others and still hold the older token: then their token goes on, under a generation
   * above both.
   */
  async #pushOver(own: TokenRecord, generation: number): Promise<void> {
    const stored = generation > 0 ? await answerOf(this.#store.read(own.name)) : null;
    const isTheirsNewer = stored?.status === 'found' && outlives(stored.record, own);
    await this.#publishLocal(isTheirsNewer ? { ...stored.record, generation: own.generation + 1 } : own);
  }

  /** Adopts a token here, then writes it to the store. */
  async #publishLocal(record: TokenRecord): Promise<void> {
    this.#tokens.adopt(record);
    await this.#writeToken(record);
  }

  #writeStatus(status: CredentialStatusRecord): Promise<void> {
    return answerOf(this.#store.writeStatus(status, this.#tokens.generationOf(status.name)));
  }

  async #writeToken(record: TokenRecord): Promise<void> {
    const { status } = await answerOf(this.#store.publish(record));
    if (status === 'superseded') await this.#pull(record.name);
  }

  async #pushRemoval(name: CredentialName): Promise<void> {
    await answerOf(this.#store.remove(name, this.#tokens.generationOf(name)));
    // If another process published meanwhile, the next poll of the source decides whether the credential
    // still goes.
    this.#removals.delete(name);
  }
}

const isUnreadable = ({ status }: StoredToken): boolean => status === 'tampered' || status === 'unknown-key';

/** Whether a token of the same version ends later than another one that did not replace it as rejected. */
const outlives = (one: TokenRecord, other: TokenRecord): boolean =>
  one.version === other.version &&
  one.token.expiresAt > other.token.expiresAt &&
  other.rejected?.includes(one.token.sha256) !== true;

/**
 * Whether the store should get this status record: a later one, or the same with more of what callers caused.
 */
const isNewer = (own: CredentialStatusRecord, stored: CredentialStatusRecord | null): boolean =>
  stored === null || own.at > stored.at || (own.at === stored.at && lastCaused(own) > lastCaused(stored));
