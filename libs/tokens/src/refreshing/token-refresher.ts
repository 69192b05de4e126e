import type { AccessToken } from '../model/access-token.ts';
import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import { failureNow } from '../model/credential-status-record.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { RefreshOutcome, InFlightRefreshes } from './in-flight-refreshes.ts';
import { successOf } from '../model/history.ts';
import { localTokenExpiry } from './local-token-expiry.ts';
import type { RefreshPlan } from './refresh-plan.ts';
import type { ExchangeLease } from './exchange-lease.ts';
import { CatalogSync } from './catalog-sync.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { TokenRenewal } from './token-renewal.ts';
import { guardListener } from '../model/guard-listener.ts';
import { between } from '../model/units.ts';

/** Enough that a few hanging exchanges hold nobody up, few enough not to storm IMS at a cold start. */
const EXCHANGES_AT_ONCE = 64;
/** What failed before leaves room for what did not: however many hang, a renewal that will succeed finds a place. */
const RETRIES_UP_TO = 48;

interface TokenRefresherParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly exchangeLease: ExchangeLease;
  readonly renewal: TokenRenewal;
  readonly inFlight: InFlightRefreshes;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/** Renews tokens: at most one flight per credential, each on its own, so that a failing one slows no other. */
export class TokenRefresher {
  readonly #parts: TokenRefresherParts;
  readonly #source: CatalogSync;

  constructor(parts: TokenRefresherParts) {
    this.#parts = { ...parts, listener: guardListener(parts.listener) };
    this.#source = new CatalogSync(this.#parts);
  }

  /** Starts a flight for every credential whose time has come. Returns at once with the flights under way; none ever rejects. */
  refreshDue(): Promise<RefreshOutcome>[] {
    const { plan, exchangeLease, inFlight } = this.#parts;
    if (inFlight.isClosed) return inFlight.all();
    for (const credential of plan.due()) {
      const { name } = credential;
      if (exchangeLease.isPaused(name)) continue;
      const places = plan.isRetry(credential) ? RETRIES_UP_TO : EXCHANGES_AT_ONCE;
      if (inFlight.size < places && !inFlight.of(name))
        void inFlight.start(name, () => this.#fly(credential));
    }
    return inFlight.all();
  }

  /** Refreshes until nothing is due that has not been tried: what a start, or a hand-over, waits for. */
  async refreshAllDue(): Promise<void> {
    for (let inFlight = this.refreshDue(); inFlight.length > 0; inFlight = this.refreshDue()) {
      await Promise.race(inFlight);
    }
  }

  /** Looks at the source and acts on what changed: new versions are minted with, removed credentials go out of service. */
  async syncWithSource(): Promise<void> {
    await this.#source.look();
    void this.refreshDue();
  }

  /** Starts no more flights, and waits for those under way: a hand-over leaves no lease behind. */
  async stop(): Promise<void> {
    await this.#parts.inFlight.close();
  }

  async #fly(credential: SourcedCredential): Promise<RefreshOutcome> {
    const { plan, renewal } = this.#parts;
    const { content } = credential;
    if (content.kind === 'local') {
      await this.#takeLocalToken(credential, content.token);
      return 'renewed';
    }
    return renewal.renew(credential, {
      isWanted: (current) => current.version === credential.version && plan.isDue(current),
      isRejected: false,
    });
  }

  /** An expired one is published as well, so that status can say so, but pushes out none that callers can still use. */
  async #takeLocalToken(credential: SourcedCredential, token: AccessToken): Promise<void> {
    const { plan, sync, tokens, catalog, clock } = this.#parts;
    const { name, version } = credential;
    const remaining = between(clock.now(), token.expiresAt);
    const cachedVersion = tokens.get(name)?.cached?.record.version ?? null;
    const isNew = cachedVersion !== version;
    plan.markMinted(credential);
    if (isNew && (remaining > 0 || !plan.isServed(name))) {
      await sync.publish({ name, generation: sync.nextGeneration(name), token, version });
    }
    if (catalog.get(name)?.version !== version) return;
    const end = localTokenExpiry(token, clock);
    if (end !== null)
      await sync.publishStatus(plan.statusRecord(credential, failureNow(clock, end), 'problem'));
    else
      await sync.publishStatus(
        plan.statusRecord(credential, null, isNew ? successOf(version, cachedVersion) : null),
      );
  }
}
