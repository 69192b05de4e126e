import type { Clock } from '../model/clock.ts';
import type { CatalogChanges, CredentialCatalog } from './credential-catalog.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { failureNow } from '../model/credential-status-record.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { RefreshPlan } from './refresh-plan.ts';
import type { ExchangeLease } from './exchange-lease.ts';
import type { StoreSync } from '../replication/store-sync.ts';

interface CatalogSyncParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly exchangeLease: ExchangeLease;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/** Acts on what looks at the source find: announces what is new or changed, takes out of service what is gone. */
export class CatalogSync {
  readonly #parts: CatalogSyncParts;
  /** Held, and in no listing so far. */
  #unlisted: ReadonlySet<CredentialName> = new Set();
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: CatalogSyncParts) {
    this.#parts = parts;
  }

  /** One look after the other, so that an older listing never overtakes a newer one. */
  look(): Promise<void> {
    const looking = this.#looking.then(() => this.#lookOnce());
    this.#looking = looking.catch(() => undefined);
    return looking;
  }

  async #lookOnce(): Promise<void> {
    const changes = await this.#parts.catalog.poll();
    if (changes === null) return;
    // All at once: a store that is slow is waited for once, not once for each of thousands.
    await Promise.all([...this.#announce(changes), ...this.#takeOut(changes)]);
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
      const status = plan.statusRecord(credential, failure, isProblem ? 'problem' : null);
      listener({ type, status });
      return sync.publishStatus(status);
    });
  }

  /**
   * What this process knew goes at once. What only came from the store may be so new that this source does not list it
   * yet, while another process's does: it goes if the next look misses it as well.
   */
  #takeOut({ removed }: CatalogChanges): Promise<void>[] {
    const { catalog, tokens, plan, exchangeLease, listener, sync } = this.#parts;
    const known = new Set(removed.map(({ name }) => name));
    const missing = tokens.all().flatMap(({ name }) => (catalog.get(name) === undefined ? [name] : []));
    const gone = missing.filter((name) => known.has(name) || this.#unlisted.has(name));
    this.#unlisted = new Set(missing).difference(new Set(gone));
    return gone.map((name) => {
      plan.forget(name);
      exchangeLease.forget(name);
      listener({ type: 'credential.removed', name });
      return sync.remove(name);
    });
  }
}
