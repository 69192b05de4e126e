import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { ExchangeCause } from '../model/exchange-limits.ts';
import { IN_PROGRESS, result, type RefreshResult } from '../model/refresh-result.ts';
import type { TokenReference } from '../model/token-reference.ts';
import { instant } from '../model/units.ts';
import type { CredentialCatalog } from '../refreshing/credential-catalog.ts';
import type { InFlightRefreshes, RefreshOutcome } from '../refreshing/in-flight-refreshes.ts';
import type { RefreshPlan } from '../refreshing/refresh-plan.ts';
import type { Permit, TokenRenewal } from '../refreshing/token-renewal.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { CallerExchangeBudget } from './caller-exchange-budget.ts';

/** How long another process that holds the lease is waited for, and how often its token is checked for. */
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

/** A refresh that a caller causes. The budget is spent under the lease, right before the exchange. */
export class CallerTriggeredRefresh {
  readonly #parts: CallerTriggeredRefreshParts;

  constructor(parts: CallerTriggeredRefreshParts) {
    this.#parts = parts;
  }

  /**
   * Starts a refresh, where none is running, and waits for its end. Returns why the rejected token stays;
   * null where that is unknown and another attempt may help.
   */
  async refresh(rejected: TokenReference, cause: ExchangeCause): Promise<RefreshResult | null> {
    const { catalog, inFlight, plan } = this.#parts;
    const { name } = rejected;
    const credential = catalog.get(name);
    if (credential === undefined) return result('credential_not_found');
    const obstacle = this.#obstacle(credential, rejected, cause);
    if (obstacle !== null) return obstacle;
    const outcome = await inFlight.start(name, () => this.#renew(credential, rejected, cause));
    switch (outcome.kind) {
      case 'failed':
        return result('failed', plan.waitFor(catalog.get(name) ?? credential));
      case 'renewed':
        // IMS may return the rejected token again. Then only another report may cause another exchange.
        return IN_PROGRESS;
      case 'refused':
        return outcome.result;
      default:
        return null;
    }
  }

  /** Why no refresh may start now, as far as this process knows without asking the store. */
  #obstacle(
    credential: SourcedCredential,
    { caller }: TokenReference,
    cause: ExchangeCause,
  ): RefreshResult | null {
    const { plan, budget, inFlight, sync } = this.#parts;
    const { name, content } = credential;
    if (content.kind === 'problem' && !plan.hasFallback(credential)) return result('failed');
    const wait = plan.waitFor(credential);
    if (wait > 0) return result('failed', wait);
    const untilFree = budget.untilFree(name, cause, caller);
    if (untilFree > 0) return result('budget_exhausted', untilFree);
    return inFlight.isClosed || sync.isAhead(name) ? IN_PROGRESS : null;
  }

  async #renew(
    credential: SourcedCredential,
    rejected: TokenReference,
    cause: ExchangeCause,
  ): Promise<RefreshOutcome> {
    const outcome = await this.#parts.renewal.renew(credential, {
      permit: (current) => this.#permit(current, rejected, cause),
      isRejected: true,
      mayGoAlone: () => true,
      mayTryAnother: async () => (await this.#spend(rejected, cause)) === null,
    });
    if (outcome.kind === 'left-to-another') await this.#untilReplaced(rejected);
    return outcome;
  }

  async #permit(current: SourcedCredential, rejected: TokenReference, cause: ExchangeCause): Promise<Permit> {
    const { tokens, plan } = this.#parts;
    if (!tokens.isCurrent(rejected) || plan.waitFor(current) > 0) return 'unwanted';
    return (await this.#spend(rejected, cause)) ?? 'granted';
  }

  /** Takes one exchange out of the caller's budget. Null where it was granted. */
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
      const at = instant(Math.max(clock.now(), status.at + 1));
      await sync.publishStatus({ ...status, at, causedAt: spentAt });
    }
    return null;
  }

  async #untilReplaced(rejected: TokenReference): Promise<void> {
    const { tokens } = this.#parts;
    for (let waited = 0; waited < MAX_PAUSE && tokens.isCurrent(rejected); waited += CHECK_INTERVAL) {
      await new Promise((resolve) => setTimeout(resolve, CHECK_INTERVAL));
    }
  }
}
