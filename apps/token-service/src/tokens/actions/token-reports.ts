import {
  millis,
  type TokenReference,
  type RefresherResponse,
  type CurrentTokens,
  type RefresherClient,
  type StoreSync,
} from '#libs/tokens';

import type { TokenWaiters } from '../token-waiters.ts';

/** A little longer than whoever is asked takes at most. */
const REFRESH_ANSWER_TIMEOUT = millis(5_000);
/** How long a token that is on its way here may take. */
const NEW_TOKEN_TIMEOUT = millis(2_000);

type ReportAnswer = Extract<RefresherResponse, { type: 'report-answered' }>;

interface TokenReportsParts {
  readonly refresher: RefresherClient;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly waiters: TokenWaiters;
}

interface Flight {
  readonly caller: string;
  readonly answer: Promise<ReportAnswer | null>;
}

/** Passes callers' word on rejected tokens to those that can replace them: once, however many say the same. */
export class TokenReports {
  readonly #parts: TokenReportsParts;
  readonly #flights = new Map<string, Flight>();

  constructor(parts: TokenReportsParts) {
    this.#parts = parts;
  }

  /** Whether this process still takes that token for the one to use. */
  isCurrent(rejected: TokenReference): boolean {
    return this.#parts.tokens.isCurrent(rejected);
  }

  /**
   * Has the current token replaced, and waits until this process has the new one, but not for long. What was found out is
   * only how that went: the token to use is looked up afterwards. Null where nobody answered.
   */
  async report(rejected: TokenReference): Promise<ReportAnswer | null> {
    const key = `${rejected.name} ${rejected.tokenSha256}`;
    for (;;) {
      const flight = this.#flights.get(key) ?? this.#start(key, rejected);
      const answer = await flight.answer;
      // A budget may be the other caller's own: then this one asks for itself.
      const isOthersBudget = answer?.outcome === 'budget_exhausted' && flight.caller !== rejected.caller;
      if (!isOthersBudget || !this.isCurrent(rejected)) return answer;
    }
  }

  #start(key: string, rejected: TokenReference): Flight {
    const answer = this.#fly(rejected).finally(() => this.#flights.delete(key));
    const flight = { caller: rejected.caller, answer };
    this.#flights.set(key, flight);
    return flight;
  }

  async #fly(rejected: TokenReference): Promise<ReportAnswer | null> {
    const { refresher, sync } = this.#parts;
    const answer = await refresher.send({ type: 'report-token', ...rejected }, REFRESH_ANSWER_TIMEOUT);
    if (answer?.type !== 'report-answered') return null;
    const isThereAnother = answer.outcome === 'replaced' || answer.outcome === 'superseded';
    if (isThereAnother && this.isCurrent(rejected)) await sync.catchUp(rejected.name);
    if (isThereAnother || answer.outcome === 'refreshing') await this.#untilChanged(rejected);
    return answer;
  }

  async #untilChanged(rejected: TokenReference): Promise<void> {
    if (!this.isCurrent(rejected)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#parts.waiters.wait(rejected.name, rejected.tokenSha256, NEW_TOKEN_TIMEOUT, resolve);
    await promise;
  }
}
