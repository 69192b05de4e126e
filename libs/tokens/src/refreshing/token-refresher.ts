import type { SourcedCredential } from '../model/credential.ts';
import type { CatalogSync } from './catalog-sync.ts';
import type { ExchangeLease } from './exchange-lease.ts';
import type { InFlightRefreshes, RefreshOutcome } from './in-flight-refreshes.ts';
import type { LocalTokens } from './local-tokens.ts';
import type { RefreshPlan } from './refresh-plan.ts';
import type { RetryPace } from './retry-pace.ts';
import type { TokenRenewal } from './token-renewal.ts';

/** So many that a few hanging exchanges delay no other, and few enough not to storm IMS at a cold start. */
const MAX_REFRESHES = 64;
/**
 * Retries leave places for first attempts: however many retries hang, a renewal that succeeds finds a place.
 */
const MAX_WITH_RETRIES = 48;

interface TokenRefresherParts {
  readonly plan: RefreshPlan;
  readonly catalogSync: CatalogSync;
  readonly exchangeLease: ExchangeLease;
  readonly renewal: TokenRenewal;
  readonly localTokens: LocalTokens;
  readonly inFlight: InFlightRefreshes;
  readonly retryPace: RetryPace;
}

/**
 * Renews tokens when they are due: at most one refresh per credential, so that a failing one delays no other.
 */
export class TokenRefresher {
  readonly #parts: TokenRefresherParts;
  #isPolling = false;

  constructor(parts: TokenRefresherParts) {
    this.#parts = parts;
  }

  /** Starts a refresh of every due credential. Returns the running refreshes at once; none ever rejects. */
  refreshDue(): Promise<RefreshOutcome>[] {
    const { plan, exchangeLease, inFlight, retryPace } = this.#parts;
    if (inFlight.isClosed) return inFlight.all();
    this.#pollIfWanted();
    for (const credential of plan.due()) {
      const { name } = credential;
      if (exchangeLease.isPaused(name)) continue;
      const isRetry = plan.isRetry(credential);
      const limit = isRetry ? MAX_WITH_RETRIES : MAX_REFRESHES;
      if (inFlight.size >= limit || inFlight.of(name) || (isRetry && !retryPace.mayStart())) continue;
      void inFlight.start(name, () => this.#refresh(credential));
    }
    return inFlight.all();
  }

  /** Refreshes until nothing is due that was not tried. A start waits for it. */
  async refreshAllDue(): Promise<void> {
    for (let running = this.refreshDue(); running.length > 0; running = this.refreshDue()) {
      await Promise.race(running);
    }
  }

  /** Whether the source was listed completely since the start. */
  get hasListed(): boolean {
    return this.#parts.catalogSync.hasListed;
  }

  /** Polls the source, acts on what changed, and starts what is due. */
  async syncWithSource(): Promise<void> {
    await this.#parts.catalogSync.poll();
    void this.refreshDue();
  }

  /** Starts no more refreshes and waits for the running ones, so that a hand-over leaves no lease behind. */
  async stop(): Promise<void> {
    await this.#parts.inFlight.close();
  }

  #pollIfWanted(): void {
    if (this.#isPolling || !this.#parts.catalogSync.isPollWanted) return;
    this.#isPolling = true;
    void this.syncWithSource().finally(() => {
      this.#isPolling = false;
    });
  }

  async #refresh(credential: SourcedCredential): Promise<RefreshOutcome> {
    const { plan, renewal, localTokens, retryPace } = this.#parts;
    const { content, version } = credential;
    if (content.kind === 'local') {
      await localTokens.publish(credential, content.token);
      return { kind: 'renewed' };
    }
    const outcome = await renewal.renew(credential, {
      permit: async (current) =>
        current.version === version && plan.isDue(current) ? 'granted' : 'unwanted',
      isRejected: false,
    });
    if (outcome.kind === 'renewed' || outcome.kind === 'failed') retryPace.ended(outcome.kind === 'failed');
    return outcome;
  }
}
