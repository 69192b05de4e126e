import { CachedToken } from '../model/cached-token.ts';
import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { lastCaused, type CredentialStatusRecord } from '../model/credential-status-record.ts';
import { guardListener } from '../model/guard-listener.ts';
import type { TokenRecord } from '../model/token-record.ts';
import type { TokenReference } from '../model/token-reference.ts';
import type { Millis } from '../model/units.ts';
import { EarlierTokens } from './earlier-tokens.ts';

/** Called with the name of a credential right after its token or status changed, or after it was removed. */
type ChangeListener = (name: CredentialName) => void;

/** What this process knows of one credential. */
export interface CredentialEntry {
  readonly name: CredentialName;
  readonly generation: number;
  readonly cached: CachedToken | null;
  readonly status: CredentialStatusRecord | null;
}

/** The token or removal of a credential with the highest known generation. */
export interface Knowledge {
  readonly name: CredentialName;
  readonly generation: number;
  readonly cached: CachedToken | null;
  readonly isRemoved: boolean;
}

interface Removal {
  readonly generation: number;
  /** When this process learned of the removal, on the monotonic clock. */
  readonly at: Millis;
}

/**
 * This process's copy of every credential's token and status. The vend reads it without any I/O. Generations
 * only rise: in every order of arrival, an older token never replaces a newer one.
 */
export class CurrentTokens {
  readonly #clock: Clock;
  readonly #entries = new Map<string, CredentialEntry>();
  /** The removal of each removed credential: only a higher generation is adopted afterwards. */
  readonly #removals = new Map<CredentialName, Removal>();
  readonly #listeners = new Set<ChangeListener>();
  /** The tokens that were in service before, those of removed credentials included. */
  readonly earlier: EarlierTokens;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.earlier = new EarlierTokens(clock);
  }

  /** @param name as a caller sent it; unknown names return undefined */
  get(name: string): CredentialEntry | undefined {
    return this.#entries.get(name);
  }

  /** Whether the referenced token is the current one, as far as this process knows. */
  isCurrent({ name, tokenSha256 }: Pick<TokenReference, 'name' | 'tokenSha256'>): boolean {
    return this.#entries.get(name)?.cached?.token.sha256 === tokenSha256;
  }

  /** A snapshot of all entries, in no particular order. */
  all(): readonly CredentialEntry[] {
    return [...this.#entries.values()];
  }

  /** All credentials, removed ones included. */
  *knowledge(): Generator<Knowledge> {
    for (const { name, generation, cached } of this.#entries.values()) {
      yield { name, generation, cached, isRemoved: false };
    }
    for (const [name, { generation }] of this.#removals) {
      if (!this.#entries.has(name)) yield { name, generation, cached: null, isRemoved: true };
    }
  }

  /** How many credentials this process knows. */
  get size(): number {
    return this.#entries.size;
  }

  /**
   * Calls `listener` after every change. An error that it throws does not reach other listeners.
   * @returns a function that removes the listener
   */
  onChange(listener: ChangeListener): () => void {
    const guarded = guardListener(listener);
    this.#listeners.add(guarded);
    return () => void this.#listeners.delete(guarded);
  }

  /** The generation of the newest token, or of the removal if that came later; 0 where neither is known. */
  generationOf(name: CredentialName): number {
    return this.#entries.get(name)?.generation ?? this.#removals.get(name)?.generation ?? 0;
  }

  /** When this process learned of the last removal, on the monotonic clock; null where there was none. */
  removedAt(name: CredentialName): Millis | null {
    return this.#removals.get(name)?.at ?? null;
  }

  /**
   * The token that was in service when a credential was removed, until the credential has another one. It is
   * in quarantine: no caller gets it, unless the same version of the document returns.
   */
  quarantined(name: CredentialName): CachedToken | null {
    const removal = this.#removals.get(name);
    if (removal === undefined || this.#entries.get(name)?.cached) return null;
    const last = this.earlier.of(name)[0];
    // A gap means that another process had a newer token, which may have replaced this one as rejected.
    return last?.record.generation === removal.generation - 1 ? last : null;
  }

  /** Adopts a token if its generation is higher than the known one. Returns whether it did. */
  adopt(record: TokenRecord): boolean {
    const known = this.#entries.get(record.name);
    if (this.generationOf(record.name) >= record.generation) return false;
    // Only a token that can live uses up a generation.
    if (record.token.life <= 0) return false;
    const before = known?.cached ?? this.quarantined(record.name);
    const cached = new CachedToken(record, this.#clock, before);
    // A process whose clock is far behind may publish a token that is over by this clock. Its generation
    // counts, but callers keep the token that still lives.
    const isOverBeforeKnown =
      cached.remaining(this.#clock) <= 0 && known?.cached && known.cached.remaining(this.#clock) > 0;
    // The same token under another generation stays in service.
    if (!isOverBeforeKnown && known?.cached && known.cached.token.sha256 !== record.token.sha256) {
      this.earlier.add(known.cached);
    }
    this.#entries.set(record.name, {
      name: record.name,
      generation: record.generation,
      cached: isOverBeforeKnown ? known.cached : cached,
      status: known?.status ?? null,
    });
    this.#notify(record.name);
    return true;
  }

  /**
   * Adopts a status record unless a later one is known. The process that wrote it may not know the last
   * exchange that callers caused, so the longer list of those is kept.
   */
  adoptStatus(status: CredentialStatusRecord): void {
    const known = this.#entries.get(status.name);
    if (known?.status && known.status.at > status.at) return;
    const knowsMore = known?.status && lastCaused(known.status) > lastCaused(status);
    const merged = knowsMore ? { ...status, causedAt: known.status.causedAt } : status;
    this.#entries.set(status.name, {
      name: status.name,
      generation: this.generationOf(status.name),
      cached: known?.cached ?? null,
      status: merged,
    });
    this.#notify(status.name);
  }

  /** Removes a credential at `generation`, unless a higher generation is known. */
  forget(name: CredentialName, generation: number): void {
    if (this.generationOf(name) > generation) return;
    if (generation > (this.#removals.get(name)?.generation ?? 0)) {
      this.#removals.set(name, { generation, at: this.#clock.monotonic() });
    }
    const cached = this.#entries.get(name)?.cached;
    if (cached) this.earlier.add(cached);
    if (this.#entries.delete(name)) this.#notify(name);
  }

  /**
   * Takes a token out of service, if it is still the current one. Only the token of an earlier process, which
   * this one has published nowhere, may lower the generation.
   * @param generation above which tokens are adopted from now on
   */
  withdraw(name: CredentialName, sha256: string, generation: number): void {
    const known = this.#entries.get(name);
    if (known?.cached?.token.sha256 !== sha256) return;
    const removed = this.#removals.get(name)?.generation ?? 0;
    this.#entries.set(name, { ...known, generation: Math.max(generation, removed), cached: null });
    this.#notify(name);
  }

  #notify(name: CredentialName): void {
    for (const listener of this.#listeners) listener(name);
  }
}
