import type { CallerExchangeBudget } from './caller-exchange-budget.ts';
import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialCatalog } from '../refreshing/credential-catalog.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { ExchangeCause } from '../model/exchange-limits.ts';
import type { RefreshOutcome, InFlightRefreshes } from '../refreshing/in-flight-refreshes.ts';
import type { TokenReference } from '../ports/refresher-client.ts';
import type { RefreshPlan } from '../refreshing/refresh-plan.ts';
import { result, IN_PROGRESS, type RefreshResult } from './refresh-result.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { TokenRenewal } from '../refreshing/token-renewal.ts';
import { instant } from '../model/units.ts';

/** While another process is at it: how long it is waited for before its lease is asked for again, and how often looked for. */
const MAX_PAUSE = 1_000;
const CHECK_INTERVAL = 50;

interface CallerTriggeredRefreshParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly inFlight: InFlightRefreshes;
  readonly renewal: TokenRenewal;
  readonly budget: CallerExchangeBudget;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/** The flights that callers cause, and what they may cost: what is spent is spent under the lease, right before the exchange. */
export class CallerTriggeredRefresh {
  readonly #parts: CallerTriggeredRefreshParts;

  constructor(parts: CallerTriggeredRefreshParts) {
    this.#parts = parts;
  }

  /**
   * Starts a flight, where none is under way, and waits for its end. Says why the rejected token stays; null where that
   * is not known, and it may be worth another.
   */
  async refresh(rejected: TokenReference, cause: ExchangeCause): Promise<RefreshResult | null> {
    const { catalog, inFlight, plan } = this.#parts;
    const { name } = rejected;
    const credential = catalog.get(name);
    if (credential === undefined) return result('credential_not_found');
    const obstacle = this.#obstacle(credential, rejected, cause);
    if (obstacle !== null) return obstacle;
    let refusal: RefreshResult | null = null;
    const spend = async (): Promise<boolean> => {
      const refused = await this.#spend(rejected, cause);
      refusal ??= refused;
      return refused === null;
    };
    const end = await inFlight.start(name, () => this.#renew(credential, rejected, spend));
    if (end === 'failed') return result('failed', plan.waitFor(catalog.get(name) ?? credential));
    // IMS may hand out the very token that was rejected: then another exchange is another report's business.
    return end === 'renewed' ? IN_PROGRESS : refusal;
  }

  /** Why none may be started now, as far as can be told without asking anybody. */
  #obstacle(
    credential: SourcedCredential,
    { caller }: TokenReference,
    cause: ExchangeCause,
  ): RefreshResult | null {
    const { plan, budget, inFlight, sync } = this.#parts;
    const { name, content, otherVersions } = credential;
    if (content.kind === 'problem' && otherVersions.previous === null) return result('failed');
    const wait = plan.waitFor(credential);
    if (wait > 0) return result('failed', wait);
    const untilFree = budget.untilFree(name, cause, caller);
    if (untilFree > 0) return result('budget_exhausted', untilFree);
    return inFlight.isClosed || sync.isAhead(name) ? IN_PROGRESS : null;
  }

  async #renew(
    credential: SourcedCredential,
    rejected: TokenReference,
    spend: () => Promise<boolean>,
  ): Promise<RefreshOutcome> {
    const { plan, tokens, renewal } = this.#parts;
    const end = await renewal.renew(credential, {
      isWanted: async (current) =>
        tokens.isCurrent(rejected) && plan.waitFor(current) === 0 && (await spend()),
      isRejected: true,
      mayGoAlone: () => true,
      mayTryAnother: spend,
    });
    if (end === 'left-to-another') await this.#untilNews(rejected);
    return end;
  }

  async #spend(
    { name, tokenSha256, caller }: TokenReference,
    cause: ExchangeCause,
  ): Promise<RefreshResult | null> {
    const { budget, tokens, sync, clock, listener } = this.#parts;
    const { granted, retryAfter, spentAt } = await budget.spend(name, cause, caller);
    if (!granted) return result('budget_exhausted', retryAfter);
    listener({ type: 'token.rejected', name, tokenSha256, caller, cause });
    const status = tokens.get(name)?.status;
    if (cause === 'report' && status) {
      await sync.publishStatus({
        ...status,
        at: instant(Math.max(clock.now(), status.at + 1)),
        causedAt: spentAt,
      });
    }
    return null;
  }

  async #untilNews(rejected: TokenReference): Promise<void> {
    const { tokens } = this.#parts;
    for (let waited = 0; waited < MAX_PAUSE && tokens.isCurrent(rejected); waited += CHECK_INTERVAL) {
      await new Promise((resolve) => setTimeout(resolve, CHECK_INTERVAL));
    }
  }
}
