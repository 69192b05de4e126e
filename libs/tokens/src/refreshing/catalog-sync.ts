import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { failureNow } from '../model/credential-status-record.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { SourceReports } from '../replication/source-reports.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { CatalogChanges, CredentialCatalog } from './credential-catalog.ts';
import type { ExchangeLease } from './exchange-lease.ts';
import type { RefreshPlan } from './refresh-plan.ts';

interface CatalogSyncParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly exchangeLease: ExchangeLease;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly sourceReports: SourceReports;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/**
 * Polls the source and acts on the result: announces new and changed credentials, takes removed ones out of
 * service.
 */
export class CatalogSync {
  readonly #parts: CatalogSyncParts;
  /** Credentials that have an entry here and were in no listing so far. */
  #unlisted: ReadonlySet<CredentialName> = new Set();
  /** Credentials that this process took out of service and has not listed since. */
  readonly #takenOut = new Set<CredentialName>();
  #polling: Promise<void> = Promise.resolve();
  #progress: 'new' | 'polling' | 'polled' = 'new';
  #isPollWanted = false;

  constructor(parts: CatalogSyncParts) {
    this.#parts = parts;
    const { tokens, catalog, plan } = parts;
    tokens.onChange((name) => {
      if (catalog.get(name) !== undefined && plan.isRemoved(name)) this.#isPollWanted = true;
    });
  }

  /**
   * Whether another process removed a credential that this one still lists: only a new listing tells which of
   * the two is right.
   */
  get isPollWanted(): boolean {
    return this.#isPollWanted;
  }

  /** Whether there was a complete listing. */
  get hasListed(): boolean {
    return this.#parts.catalog.isKnown;
  }

  /** Whether the first poll has begun and is not over. */
  get isFirstPoll(): boolean {
    return this.#progress === 'polling';
  }

  /** Polls run one after the other, so that an older listing never overtakes a newer one. */
  poll(): Promise<void> {
    if (this.#progress === 'new') this.#progress = 'polling';
    const polling = this.#polling.then(() => this.#pollOnce());
    this.#polling = polling.catch(() => undefined);
    return polling;
  }

  async #pollOnce(): Promise<void> {
    this.#isPollWanted = false;
    const { catalog, sourceReports } = this.#parts;
    const changes = await catalog.poll();
    this.#progress = 'polled';
    // A slow store must delay neither the changes nor the next poll for the sake of a report.
    void sourceReports.publish(catalog.report);
    if (changes === null) return;
    for (const { name } of changes.added) this.#takenOut.delete(name);
    // All at once: a slow store is waited for once, and not once for each of thousands.
    await Promise.all([...this.#announce(changes), ...this.#takeOut(changes)]);
    await this.#parts.sync.noteListing();
  }

  #announce({ added, changed }: CatalogChanges): Promise<void>[] {
    const { clock, listener, sync, plan } = this.#parts;
    const news = [
      ...added.map((credential) => ({ type: 'credential.found', credential }) as const),
      ...changed.map((credential) => ({ type: 'credential.changed', credential }) as const),
    ];
    return news.map(({ type, credential }) => {
      const { content } = credential;
      const isProblem = content.kind === 'problem';
      const failure = isProblem ? failureNow(clock, content) : null;
      const isReplaced = type === 'credential.changed';
      const status = plan.statusRecord(credential, failure, isProblem ? 'problem' : null, isReplaced);
      listener({ type, status });
      return sync.publishStatus(status);
    });
  }

  /**
   * Takes out of service what this process listed before and lists no more. A credential that came from the
   * store may be so new that this source does not list it yet: it goes only if the next listing misses it as
   * well. Each process takes out a credential once: where another one puts it back from a later listing, the
   * sources differ, and the credential stays for as long as it is renewed.
   */
  #takeOut({ removed }: CatalogChanges): Promise<void>[] {
    const { catalog, tokens, plan, exchangeLease, listener, sync } = this.#parts;
    const known = new Set(removed.map(({ name }) => name));
    const missing = tokens.all().flatMap(({ name }) => (catalog.get(name) === undefined ? [name] : []));
    const isKept = (name: CredentialName): boolean => this.#takenOut.has(name) && plan.isMaintained(name);
    const gone = missing.filter((name) => known.has(name) || (this.#unlisted.has(name) && !isKept(name)));
    this.#unlisted = new Set(missing).difference(new Set(gone));
    return gone.map((name) => {
      this.#takenOut.add(name);
      plan.forget(name);
      exchangeLease.forget(name);
      listener({ type: 'credential.removed', name });
      return sync.remove(name);
    });
  }
}
