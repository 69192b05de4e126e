import type { CallerBudget } from './caller-budget.ts';
import type { Clock } from './clock.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import type { CredentialName } from './credential-name.ts';
import type { CurrentTokens } from './current-tokens.ts';
import type { TokenEventListener } from './events.ts';
import type { ExchangeCause } from './exchange-limits.ts';
import type { FlightEnd, Flights } from './flights.ts';
import type { AboutToken, ReportOutcome } from './questions.ts';
import type { RefreshPlan } from './refresh-plan.ts';
import type { StoreMirror } from './store-mirror.ts';
import type { TokenRenewal } from './token-renewal.ts';
import { undisturbed } from './undisturbed.ts';
import { instant, millis, seconds, type Millis, type Seconds } from './units.ts';
import { within } from './within.ts';

/** While another process is at it: how long it is waited for before its lease is asked for again, and how often looked for. */
const LONGEST_PAUSE = 1_000;
const GLANCE = 50;

interface TokenReplacementParts {
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

/** What became of a wish for another token. */
export interface Replacement {
  readonly outcome: ReportOutcome;
  readonly retryAfter: Seconds | null;
}

class TooLate extends Error {}

const SOON: Replacement = { outcome: 'refreshing', retryAfter: seconds(1) };
const because = (outcome: ReportOutcome, wait: Millis | null = null): Replacement => ({
  outcome,
  retryAfter: wait === null ? null : seconds(Math.max(1, Math.ceil(wait / 1000))),
});

/**
 * Replaces the token a caller names by its hash, if that is still the current one: compare-and-swap. However many name
 * the same token, in however many processes, one exchange answers all of them.
 */
export class TokenReplacement {
  readonly #parts: TokenReplacementParts;
  readonly #catchingUp = new Map<CredentialName, Promise<unknown>>();

  constructor(parts: TokenReplacementParts) {
    this.#parts = { ...parts, listener: undisturbed(parts.listener) };
  }

  /** Why no token of this credential can ever be replaced; null where one can. */
  obstacle(name: CredentialName): Replacement | null {
    const { catalog } = this.#parts;
    const content = catalog.get(name)?.content;
    if (content === undefined) return catalog.isKnown ? because('credential_not_found') : SOON;
    const kind = content.kind === 'problem' ? content.documentKind : content.kind;
    return kind === 'local' ? because('not_renewable') : null;
  }

  /** Takes over what is newer in the store; those who ask at the same time ask together. */
  async catchUp(name: CredentialName): Promise<void> {
    const underWay =
      this.#catchingUp.get(name) ??
      this.#parts.mirror.catchUp(name).finally(() => this.#catchingUp.delete(name));
    this.#catchingUp.set(name, underWay);
    await underWay;
  }

  isCurrent({ name, tokenSha256 }: AboutToken): boolean {
    return this.#parts.tokens.get(name)?.held?.record.token.sha256 === tokenSha256;
  }

  /** Never rejects. @param patience how long to wait for the new token at most; a flight goes on after that */
  async replace(rejected: AboutToken, cause: ExchangeCause, patience: Millis): Promise<Replacement> {
    const late = new AbortController();
    try {
      return await within(patience, this.#replace(rejected, cause, late.signal), () => new TooLate());
    } catch (error) {
      if (error instanceof TooLate) return SOON;
      throw error;
    } finally {
      late.abort();
    }
  }

  async #replace(rejected: AboutToken, cause: ExchangeCause, late: AbortSignal): Promise<Replacement> {
    const { name } = rejected;
    const obstacle = this.obstacle(name);
    if (obstacle !== null) return obstacle;
    await this.catchUp(name);
    if (!this.isCurrent(rejected)) return this.#withoutExchange(name);
    while (!late.aborted) {
      const refusal = await this.#attempt(rejected, cause);
      if (!this.isCurrent(rejected)) return because('replaced');
      if (refusal !== null) return refusal;
    }
    return SOON;
  }

  /** The token that was named is not the current one; where there is none at all, the schedule is at it. */
  #withoutExchange(name: CredentialName): Replacement {
    if (this.#parts.tokens.get(name)?.held) return because('superseded');
    const wait = this.#wait(name);
    return wait > 0 ? because('failed', wait) : SOON;
  }

  /** One flight: the one under way, or one of its own. Null where it may be worth another. */
  async #attempt(rejected: AboutToken, cause: ExchangeCause): Promise<Replacement | null> {
    const { flights } = this.#parts;
    const { name } = rejected;
    const underWay = flights.of(name);
    const own = underWay ? null : this.#startOwn(rejected, cause);
    if (own !== null && 'refusal' in own) return own.refusal;
    const end = await (underWay ?? own?.flight);
    if (end === 'failed') return because('failed', this.#wait(name));
    return own?.refusedBy() ?? null;
  }

  #startOwn(rejected: AboutToken, cause: ExchangeCause) {
    const { catalog, mirror, budget, flights } = this.#parts;
    const { name, caller } = rejected;
    const credential = catalog.get(name);
    if (credential === undefined) return { refusal: because('credential_not_found') };
    const { content, otherVersions } = credential;
    if (content.kind === 'problem' && otherVersions.previous === null) return { refusal: because('failed') };
    const wait = this.#wait(name);
    if (wait > 0) return { refusal: because('failed', wait) };
    const untilFree = budget.untilFree(name, cause, caller);
    if (untilFree > 0) return { refusal: because('budget_exhausted', untilFree) };
    if (flights.isClosed || mirror.isAhead(name)) return { refusal: SOON };
    let refusal: Replacement | null = null;
    const spend = async (): Promise<boolean> => {
      const refused = await this.#spend(rejected, cause);
      refusal ??= refused;
      return refused === null;
    };
    const isWanted = async (): Promise<boolean> =>
      this.isCurrent(rejected) && this.#wait(name) === 0 && (await spend());
    const flight = flights.start(name, async (): Promise<FlightEnd> => {
      const order = { isWanted, isRejected: true, mayGoAlone: () => true, mayTryAnother: spend };
      const end = await this.#parts.renewal.fly(credential, order);
      if (end === 'left-to-another') await this.#untilNews(rejected);
      return end;
    });
    return { flight, refusedBy: () => refusal };
  }

  /** Only what is about to cause an exchange is spent, by whoever's turn it is. */
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

  #wait(name: CredentialName): Millis {
    const credential = this.#parts.catalog.get(name);
    return credential === undefined ? millis(0) : this.#parts.plan.waitFor(credential);
  }

  async #untilNews(rejected: AboutToken): Promise<void> {
    for (let waited = 0; waited < LONGEST_PAUSE && this.isCurrent(rejected); waited += GLANCE) {
      await new Promise((resolve) => setTimeout(resolve, GLANCE));
    }
  }
}
