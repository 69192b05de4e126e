import type { CallerExchangeBudget } from './caller-exchange-budget.ts';
import { CallerTriggeredRefresh } from './caller-triggered-refresh.ts';
import type { Clock } from '../model/clock.ts';
import type { CredentialCatalog } from '../refreshing/credential-catalog.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { ExchangeCause } from '../model/exchange-limits.ts';
import type { InFlightRefreshes } from '../refreshing/in-flight-refreshes.ts';
import type { TokenReference } from '../ports/refresher-client.ts';
import type { RefreshPlan } from '../refreshing/refresh-plan.ts';
import { result, IN_PROGRESS, type RefreshResult } from './refresh-result.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { TokenRenewal } from '../refreshing/token-renewal.ts';
import { guardListener } from '../model/guard-listener.ts';
import { millis, type Millis } from '../model/units.ts';
import { withDeadlineOr } from '../model/deadline.ts';

interface TokenReplacementParts {
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

/**
 * Replaces the token a caller names by its hash, if that is still the current one: compare-and-swap. However many name
 * the same token, in however many processes, one exchange answers all of them.
 */
export class TokenReplacement {
  readonly #parts: TokenReplacementParts;
  readonly #caused: CallerTriggeredRefresh;
  readonly #catchingUp = new Map<CredentialName, Promise<unknown>>();

  constructor(parts: TokenReplacementParts) {
    this.#parts = parts;
    this.#caused = new CallerTriggeredRefresh({ ...parts, listener: guardListener(parts.listener) });
  }

  /** Why no token of this credential can ever be replaced; null where one can. */
  obstacle(name: CredentialName): RefreshResult | null {
    const { catalog } = this.#parts;
    const content = catalog.get(name)?.content;
    if (content === undefined) return catalog.isKnown ? result('credential_not_found') : IN_PROGRESS;
    const kind = content.kind === 'problem' ? content.documentKind : content.kind;
    return kind === 'local' ? result('not_renewable') : null;
  }

  /** Takes over what is newer in the store; those who ask at the same time ask together. */
  async catchUp(name: CredentialName): Promise<void> {
    const underWay =
      this.#catchingUp.get(name) ??
      this.#parts.sync.catchUp(name).finally(() => this.#catchingUp.delete(name));
    this.#catchingUp.set(name, underWay);
    await underWay;
  }

  /** Never rejects. @param patience how long to wait for the new token at most; a flight goes on after that */
  async replace(rejected: TokenReference, cause: ExchangeCause, patience: Millis): Promise<RefreshResult> {
    const late = new AbortController();
    try {
      return await withDeadlineOr(patience, this.#replace(rejected, cause, late.signal), IN_PROGRESS);
    } finally {
      late.abort();
    }
  }

  async #replace(rejected: TokenReference, cause: ExchangeCause, late: AbortSignal): Promise<RefreshResult> {
    const { tokens } = this.#parts;
    const { name } = rejected;
    const obstacle = this.obstacle(name);
    if (obstacle !== null) return obstacle;
    await this.catchUp(name);
    if (!tokens.isCurrent(rejected)) return this.#withoutExchange(name);
    while (!late.aborted) {
      const refusal = await this.#attempt(rejected, cause);
      if (!tokens.isCurrent(rejected)) return result('replaced');
      if (refusal !== null) return refusal;
    }
    return IN_PROGRESS;
  }

  /** The token that was named is not the current one; where there is none at all, the schedule is at it. */
  #withoutExchange(name: CredentialName): RefreshResult {
    if (this.#parts.tokens.get(name)?.cached) return result('superseded');
    const wait = this.#wait(name);
    return wait > 0 ? result('failed', wait) : IN_PROGRESS;
  }

  /** One flight: the one under way, or one that this causes. Null where it may be worth another. */
  async #attempt(rejected: TokenReference, cause: ExchangeCause): Promise<RefreshResult | null> {
    const { name } = rejected;
    const underWay = this.#parts.inFlight.of(name);
    if (underWay === undefined) return this.#caused.refresh(rejected, cause);
    return (await underWay) === 'failed' ? result('failed', this.#wait(name)) : null;
  }

  #wait(name: CredentialName): Millis {
    const credential = this.#parts.catalog.get(name);
    return credential === undefined ? millis(0) : this.#parts.plan.waitFor(credential);
  }
}
