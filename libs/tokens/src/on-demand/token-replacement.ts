import type { CredentialName } from '../model/credential-name.ts';
import { withDeadlineOr } from '../model/deadline.ts';
import type { ExchangeCause } from '../model/exchange-limits.ts';
import { IN_PROGRESS, result, type RefreshResult } from '../model/refresh-result.ts';
import { SingleFlight } from '../model/single-flight.ts';
import type { TokenReference } from '../model/token-reference.ts';
import { millis, type Millis } from '../model/units.ts';
import type { CredentialCatalog } from '../refreshing/credential-catalog.ts';
import type { InFlightRefreshes } from '../refreshing/in-flight-refreshes.ts';
import type { RefreshPlan } from '../refreshing/refresh-plan.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { CallerTriggeredRefresh } from './caller-triggered-refresh.ts';

interface TokenReplacementParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly inFlight: InFlightRefreshes;
  readonly triggered: CallerTriggeredRefresh;
}

/**
 * Replaces the token that a caller names by its hash if that is still the current one: compare-and-swap. One
 * exchange answers all callers that name the same token, in however many processes.
 */
export class TokenReplacement {
  readonly #parts: TokenReplacementParts;
  readonly #catchingUp = new SingleFlight<CredentialName, boolean>();

  constructor(parts: TokenReplacementParts) {
    this.#parts = parts;
  }

  /** Why no token of this credential can ever be replaced; null where one can. */
  obstacle(name: CredentialName): RefreshResult | null {
    const { catalog } = this.#parts;
    const content = catalog.get(name)?.content;
    if (content === undefined) return catalog.isKnown ? result('credential_not_found') : IN_PROGRESS;
    const kind = content.kind === 'problem' ? content.documentKind : content.kind;
    return kind === 'local' ? result('not_renewable') : null;
  }

  /** Pulls what is newer in the store. Concurrent calls for one credential ask the store once. */
  async catchUp(name: CredentialName): Promise<void> {
    await this.#catchingUp.run(name, () => this.#parts.sync.catchUp(name));
  }

  /**
   * Never rejects.
   * @param timeout how long to wait for the new token; a running refresh goes on after that
   */
  async replace(rejected: TokenReference, cause: ExchangeCause, timeout: Millis): Promise<RefreshResult> {
    const late = new AbortController();
    try {
      return await withDeadlineOr(timeout, this.#replace(rejected, cause, late.signal), IN_PROGRESS);
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

  /**
   * The named token is not the current one. Where there is no token at all, a scheduled refresh fetches one.
   */
  #withoutExchange(name: CredentialName): RefreshResult {
    if (this.#parts.tokens.get(name)?.cached) return result('superseded');
    const wait = this.#wait(name);
    return wait > 0 ? result('failed', wait) : IN_PROGRESS;
  }

  /** Joins the running refresh, or causes one. Null where another attempt may help. */
  async #attempt(rejected: TokenReference, cause: ExchangeCause): Promise<RefreshResult | null> {
    const { name } = rejected;
    const running = this.#parts.inFlight.of(name);
    if (running === undefined) return this.#parts.triggered.refresh(rejected, cause);
    return (await running).kind === 'failed' ? result('failed', this.#wait(name)) : null;
  }

  #wait(name: CredentialName): Millis {
    const credential = this.#parts.catalog.get(name);
    return credential === undefined ? millis(0) : this.#parts.plan.waitFor(credential);
  }
}
