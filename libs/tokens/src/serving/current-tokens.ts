import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { lastCaused, type CredentialReport } from '../model/credential-status-record.ts';
import { HeldToken } from '../model/cached-token.ts';
import type { AboutToken } from '../ports/refresher-client.ts';
import type { TokenRecord } from '../model/token-record.ts';
import { undisturbed } from '../model/guard-listener.ts';

/** Hears the name of a credential whose token or report is another one now, or that was removed; at once, after the fact. */
type ChangeListener = (name: CredentialName) => void;

/** What this process knows of one credential. */
export interface Holding {
  readonly name: CredentialName;
  readonly generation: number;
  readonly held: HeldToken | null;
  readonly report: CredentialReport | null;
}

/**
 * This process's own copy of every credential's token and report: what callers are answered from, without any I/O.
 * Generations only go up: whatever order news arrives in, an older token never replaces a newer one.
 */
export class CurrentTokens {
  readonly #clock: Clock;
  readonly #holdings = new Map<string, Holding>();
  /** Where credentials were removed, at which generation: what is not above it is not taken over any more. */
  readonly #removedAt = new Map<CredentialName, number>();
  readonly #listeners = new Set<ChangeListener>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param name as anybody may have asked for it: an unknown one finds nothing */
  get(name: string): Holding | undefined {
    return this.#holdings.get(name);
  }

  /** Whether the token that is named is the one to use, as far as this process knows. */
  isCurrent({ name, tokenSha256 }: Pick<AboutToken, 'name' | 'tokenSha256'>): boolean {
    return this.#holdings.get(name)?.held?.record.token.sha256 === tokenSha256;
  }

  /** Every credential this process knows of as it stands now, in no particular order. */
  all(): readonly Holding[] {
    return [...this.#holdings.values()];
  }

  /** How many credentials this process knows of. */
  get size(): number {
    return this.#holdings.size;
  }

  /** Tells `listener` of every change until the returned function is called. One that throws disturbs nobody else. */
  onChange(listener: ChangeListener): () => void {
    const safe = undisturbed(listener);
    this.#listeners.add(safe);
    return () => void this.#listeners.delete(safe);
  }

  /** The generation of the newest token, or of the removal if that was later; 0 where neither is known. */
  generationOf(name: CredentialName): number {
    return this.#holdings.get(name)?.generation ?? this.#removedAt.get(name) ?? 0;
  }

  /** Takes a token over if its generation is newer than what is held. Says whether it was. */
  adopt(record: TokenRecord): boolean {
    const known = this.#holdings.get(record.name);
    if (this.generationOf(record.name) >= record.generation) return false;
    const held = new HeldToken(record, this.#clock, known?.held);
    // Minted by somebody whose clock is far behind, as it looks from here: it counts, but callers keep what they have.
    const isOverBeforeTheOther =
      held.remaining(this.#clock) <= 0 && known?.held && known.held.remaining(this.#clock) > 0;
    this.#holdings.set(record.name, {
      name: record.name,
      generation: record.generation,
      held: isOverBeforeTheOther ? known.held : held,
      report: known?.report ?? null,
    });
    this.#tell(record.name);
    return true;
  }

  /** Takes a report over unless a later one is held already. Who wrote it may not have heard of the last exchange that callers caused. */
  learn(report: CredentialReport): void {
    const known = this.#holdings.get(report.name);
    if (known?.report && known.report.at > report.at) return;
    const knowsMore = known?.report && lastCaused(known.report) > lastCaused(report);
    const learnt = knowsMore ? { ...report, causedAt: known.report.causedAt } : report;
    this.#holdings.set(report.name, {
      name: report.name,
      generation: this.generationOf(report.name),
      held: known?.held ?? null,
      report: learnt,
    });
    this.#tell(report.name);
  }

  /** Forgets a credential that was removed at `generation`, unless something newer is held. */
  forget(name: CredentialName, generation: number): void {
    if (this.generationOf(name) > generation) return;
    this.#removedAt.set(name, generation);
    if (this.#holdings.delete(name)) this.#tell(name);
  }

  #tell(name: CredentialName): void {
    for (const listener of this.#listeners) listener(name);
  }
}
