import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { TokenEventListener } from '../model/events.ts';
import { between, millis, type Instant, type Millis } from '../model/units.ts';
import type { CacheContents, TokenCache } from '../ports/token-cache.ts';
import type { TokenStore } from '../ports/token-store.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import { forEachConcurrently } from './concurrency.ts';
import { answerOf } from './store-link.ts';

/**
 * A cache that no process has kept for longer is not used: its tokens may have been revoked meanwhile, and
 * nothing here can tell.
 */
const MAX_DOWNTIME = 60 * 60 * 1000;
/** A cache from further in the future shows that the clock was set back: no expiry can be trusted then. */
const MAX_CLOCK_SKEW = 60 * 1000;

const EMPTY: CacheContents = { tokens: [], spent: new Map(), manifest: null };

interface CacheRestoreParts {
  readonly cache: TokenCache | null;
  readonly tokens: CurrentTokens;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/** Puts the tokens that the last process kept into service, where the store does not answer at the start. */
export class CacheRestore {
  readonly #parts: CacheRestoreParts;
  /** SHA-256 of each restored token that no store has confirmed yet. */
  readonly #unconfirmed = new Map<CredentialName, string>();
  #loading: Promise<CacheContents> | null = null;
  #isRestored = false;
  #isComplete = false;

  constructor(parts: CacheRestoreParts) {
    this.#parts = parts;
  }

  /** Whether `restore` put something into service. */
  get isRestored(): boolean {
    return this.#isRestored;
  }

  /** Whether the cache was that of a process that knew all credentials, and nothing of it was missing. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Puts the kept tokens into service. Newer ones of this process stay. */
  async restore(): Promise<void> {
    const contents = await this.#load();
    const { tokens, clock, listener } = this.#parts;
    const restored = contents.tokens.filter(({ record, keptAt }) => {
      const isUsable = record.token.expiresAt > clock.now() && this.#isFresh(keptAt, contents);
      return isUsable && tokens.adopt(record);
    });
    for (const { record } of restored) this.#unconfirmed.set(record.name, record.token.sha256);
    this.#isComplete = this.#hasAll(contents);
    if (restored.length === 0) return;
    this.#isRestored = true;
    listener({ type: 'cache.restored', count: restored.length, isComplete: this.#isComplete });
  }

  /** Takes restored tokens out of service that the store knows to be revoked. Called before any is pushed. */
  async confirm(store: TokenStore): Promise<void> {
    await forEachConcurrently([...this.#unconfirmed], async ([name, sha256]) => {
      if (this.#parts.tokens.isCurrent({ name, tokenSha256: sha256 })) await this.#check(store, name, sha256);
      this.#unconfirmed.delete(name);
    });
  }

  /** When the processes before this one minted without the store, on the monotonic clock of this one. */
  async spent(name: CredentialName): Promise<readonly Millis[]> {
    const { clock } = this.#parts;
    const { spent } = await this.#load();
    return (spent.get(name) ?? []).map((at) =>
      millis(clock.monotonic() - Math.max(0, between(at, clock.now()))),
    );
  }

  async #check(store: TokenStore, name: CredentialName, sha256: string): Promise<void> {
    const { tokens } = this.#parts;
    const stored = await answerOf(store.read(name));
    const other = stored.status === 'found' && stored.record.token.sha256 !== sha256 ? stored.record : null;
    const isRejected = other?.rejected?.includes(sha256) || (await answerOf(store.isRevoked(name, sha256)));
    // A store that lost its last writes may hold a good token under a lower generation.
    const known = tokens.generationOf(name);
    if (isRejected) tokens.withdraw(name, sha256, other ? Math.min(known, other.generation - 1) : known);
  }

  /** Reads the cache, once: afterwards this process knows more. */
  #load(): Promise<CacheContents> {
    this.#loading ??= this.#parts.cache?.load() ?? Promise.resolve(EMPTY);
    return this.#loading;
  }

  #isFresh(keptAt: Instant, { manifest }: CacheContents): boolean {
    const age = between(Math.max(keptAt, manifest?.at ?? 0) as Instant, this.#parts.clock.now());
    return age <= MAX_DOWNTIME && age >= -MAX_CLOCK_SKEW;
  }

  #hasAll({ manifest, tokens }: CacheContents): boolean {
    if (manifest === null || !this.#isFresh(manifest.at, { ...EMPTY, manifest })) return false;
    const kept = new Set(tokens.map(({ record }) => record.name));
    return manifest.names.every((name) => kept.has(name));
  }
}
