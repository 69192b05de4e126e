import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { lastCaused, type CredentialStatusRecord } from '../model/credential-status-record.ts';
import { CachedToken } from '../model/cached-token.ts';
import type { TokenReference } from '../ports/refresher-client.ts';
import type { TokenRecord } from '../model/token-record.ts';
import { guardListener } from '../model/guard-listener.ts';

/** Hears the name of a credential whose token or report is another one now, or that was removed; at once, after the fact. */
type ChangeListener = (name: CredentialName) => void;

/** What this process knows of one credential. */
export interface CredentialEntry {
  readonly name: CredentialName;
  readonly generation: number;
  readonly cached: CachedToken | null;
  readonly status: CredentialStatusRecord | null;
}

/**
 * This process's own copy of every credential's token and report: what callers are answered from, without any I/O.
 * Generations only go up: whatever order news arrives in, an older token never replaces a newer one.
 */
export class CurrentTokens {
  readonly #clock: Clock;
  readonly #entries = new Map<string, CredentialEntry>();
  /** Where credentials were removed, at which generation: what is not above it is not taken over any more. */
  readonly #removedAt = new Map<CredentialName, number>();
  readonly #listeners = new Set<ChangeListener>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param name as anybody may have asked for it: an unknown one finds nothing */
  get(name: string): CredentialEntry | undefined {
    return this.#entries.get(name);
  }

  /** Whether the token that is named is the one to use, as far as this process knows. */
  isCurrent({ name, tokenSha256 }: Pick<TokenReference, 'name' | 'tokenSha256'>): boolean {
    return this.#entries.get(name)?.cached?.token.sha256 === tokenSha256;
  }

  /** Every credential this process knows of as it stands now, in no particular order. */
  all(): readonly CredentialEntry[] {
    return [...this.#entries.values()];
  }

  /** How many credentials this process knows of. */
  get size(): number {
    return this.#entries.size;
  }

  /** Tells `listener` of every change until the returned function is called. One that throws disturbs nobody else. */
  onChange(listener: ChangeListener): () => void {
    const safe = guardListener(listener);
    this.#listeners.add(safe);
    return () => void this.#listeners.delete(safe);
  }

  /** The generation of the newest token, or of the removal if that was later; 0 where neither is known. */
  generationOf(name: CredentialName): number {
    return this.#entries.get(name)?.generation ?? this.#removedAt.get(name) ?? 0;
  }

  /** Takes a token over if its generation is newer than what is held. Says whether it was. */
  adopt(record: TokenRecord): boolean {
    const known = this.#entries.get(record.name);
    if (this.generationOf(record.name) >= record.generation) return false;
    const cached = new CachedToken(record, this.#clock, known?.cached);
    // Minted by somebody whose clock is far behind, as it looks from here: it counts, but callers keep what they have.
    const isOverBeforeTheOther =
      cached.remaining(this.#clock) <= 0 && known?.cached && known.cached.remaining(this.#clock) > 0;
    this.#entries.set(record.name, {
      name: record.name,
      generation: record.generation,
      cached: isOverBeforeTheOther ? known.cached : cached,
      status: known?.status ?? null,
    });
    this.#tell(record.name);
    return true;
  }

  /** Takes a report over unless a later one is held already. Who wrote it may not have heard of the last exchange that callers caused. */
  adoptStatus(status: CredentialStatusRecord): void {
    const known = this.#entries.get(status.name);
    if (known?.status && known.status.at > status.at) return;
    const knowsMore = known?.status && lastCaused(known.status) > lastCaused(status);
    const learnt = knowsMore ? { ...status, causedAt: known.status.causedAt } : status;
    this.#entries.set(status.name, {
      name: status.name,
      generation: this.generationOf(status.name),
      cached: known?.cached ?? null,
      status: learnt,
    });
    this.#tell(status.name);
  }

  /** Forgets a credential that was removed at `generation`, unless something newer is held. */
  forget(name: CredentialName, generation: number): void {
    if (this.generationOf(name) > generation) return;
    this.#removedAt.set(name, generation);
    if (this.#entries.delete(name)) this.#tell(name);
  }

  #tell(name: CredentialName): void {
    for (const listener of this.#listeners) listener(name);
  }
}
