import type { CallerBudget } from './caller-exchange-budget.ts';
import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialCatalog } from '../refreshing/credential-catalog.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { ExchangeCause } from '../model/exchange-limits.ts';
import type { FlightEnd, Flights } from '../refreshing/in-flight-refreshes.ts';
import type { AboutToken } from '../ports/refresher-client.ts';
import type { RefreshPlan } from '../refreshing/refresh-plan.ts';
import { because, SOON, type Replacement } from './refresh-result.ts';
import type { StoreMirror } from '../replication/store-sync.ts';
import type { TokenRenewal } from '../refreshing/token-renewal.ts';
import { instant } from '../model/units.ts';

/** While another process is at it: how long it is waited for before its lease is asked for again, and how often looked for. */
const LONGEST_PAUSE = 1_000;
const GLANCE = 50;

interface CausedFlightsParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly tokens: CurrentTokens;
  readonly mirror: StoreMirror;
  readonly flights: Flights;
  readonly renewal: TokenRenewal;
  readonly budget: CallerBudget;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/** The flights that callers cause, and what they may cost: what is spent is spent under the lease, right before the exchange. */
export class CausedFlights {
  readonly #parts: CausedFlightsParts;

  constructor(parts: CausedFlightsParts) {
    this.#parts = parts;
  }

  /**
   * Starts a flight, where none is under way, and waits for its end. Says why the rejected token stays; null where that
   * is not known, and it may be worth another.
   */
  async fly(rejected: AboutToken, cause: ExchangeCause): Promise<Replacement | null> {
    const { catalog, flights, plan } = this.#parts;
    const { name } = rejected;
    const credential = catalog.get(name);
    if (credential === undefined) return because('credential_not_found');
    const obstacle = this.#obstacle(credential, rejected, cause);
    if (obstacle !== null) return obstacle;
    let refusal: Replacement | null = null;
    const spend = async (): Promise<boolean> => {
      const refused = await this.#spend(rejected, cause);
      refusal ??= refused;
      return refused === null;
    };
    const end = await flights.start(name, () => this.#renew(credential, rejected, spend));
    if (end === 'failed') return because('failed', plan.waitFor(catalog.get(name) ?? credential));
    // IMS may hand out the very token that was rejected: then another exchange is another report's business.
    return end === 'renewed' ? SOON : refusal;
  }

  /** Why none may be started now, as far as can be told without asking anybody. */
  #obstacle(credential: SourcedCredential, { caller }: AboutToken, cause: ExchangeCause): Replacement | null {
    const { plan, budget, flights, mirror } = this.#parts;
    const { name, content, otherVersions } = credential;
    if (content.kind === 'problem' && otherVersions.previous === null) return because('failed');
    const wait = plan.waitFor(credential);
    if (wait > 0) return because('failed', wait);
    const untilFree = budget.untilFree(name, cause, caller);
    if (untilFree > 0) return because('budget_exhausted', untilFree);
    return flights.isClosed || mirror.isAhead(name) ? SOON : null;
  }

  async #renew(
    credential: SourcedCredential,
    rejected: AboutToken,
    spend: () => Promise<boolean>,
  ): Promise<FlightEnd> {
    const { plan, tokens, renewal } = this.#parts;
    const end = await renewal.fly(credential, {
      isWanted: async (current) =>
        tokens.isCurrent(rejected) && plan.waitFor(current) === 0 && (await spend()),
      isRejected: true,
      mayGoAlone: () => true,
      mayTryAnother: spend,
    });
    if (end === 'left-to-another') await this.#untilNews(rejected);
    return end;
  }

  async #spend({ name, tokenSha256, caller }: AboutToken, cause: ExchangeCause): Promise<Replacement | null> {
    const { budget, tokens, mirror, clock, listener } = this.#parts;
    const { granted, retryAfter, spentAt } = await budget.spend(name, cause, caller);
    if (!granted) return because('budget_exhausted', retryAfter);
    listener({ type: 'token.rejected', name, tokenSha256, caller, cause });
    const report = tokens.get(name)?.report;
    if (cause === 'report' && report) {
      await mirror.report({
        ...report,
        at: instant(Math.max(clock.now(), report.at + 1)),
        causedAt: spentAt,
      });
    }
    return null;
  }

  async #untilNews(rejected: AboutToken): Promise<void> {
    const { tokens } = this.#parts;
    for (let waited = 0; waited < LONGEST_PAUSE && tokens.isCurrent(rejected); waited += GLANCE) {
      await new Promise((resolve) => setTimeout(resolve, GLANCE));
    }
  }
}
