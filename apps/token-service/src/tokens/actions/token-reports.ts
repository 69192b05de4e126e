import {
  millis,
  type AboutToken,
  type Answer,
  type CurrentTokens,
  type Questions,
  type StoreMirror,
} from '#libs/tokens';

import type { TokenChanges } from '../token-waiters.ts';

/** A little longer than whoever is asked takes at most. */
const PATIENCE = millis(5_000);
/** How long a token that is on its way here may take. */
const NEWS_LIMIT = millis(2_000);

type ReportAnswer = Extract<Answer, { type: 'report-answered' }>;

interface TokenReportsParts {
  readonly questions: Questions;
  readonly tokens: CurrentTokens;
  readonly mirror: StoreMirror;
  readonly changes: TokenChanges;
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
  isCurrent(rejected: AboutToken): boolean {
    return this.#parts.tokens.isCurrent(rejected);
  }

  /**
   * Has the current token replaced, and waits until this process has the new one, but not for long. What was found out is
   * only how that went: the token to use is looked up afterwards. Null where nobody answered.
   */
  async report(rejected: AboutToken): Promise<ReportAnswer | null> {
    const key = `${rejected.name} ${rejected.tokenSha256}`;
    for (;;) {
      const flight = this.#flights.get(key) ?? this.#start(key, rejected);
      const answer = await flight.answer;
      // A budget may be the other caller's own: then this one asks for itself.
      const isOthersBudget = answer?.outcome === 'budget_exhausted' && flight.caller !== rejected.caller;
      if (!isOthersBudget || !this.isCurrent(rejected)) return answer;
    }
  }

  #start(key: string, rejected: AboutToken): Flight {
    const answer = this.#fly(rejected).finally(() => this.#flights.delete(key));
    const flight = { caller: rejected.caller, answer };
    this.#flights.set(key, flight);
    return flight;
  }

  async #fly(rejected: AboutToken): Promise<ReportAnswer | null> {
    const { questions, mirror } = this.#parts;
    const answer = await questions.ask({ type: 'report-token', ...rejected }, PATIENCE);
    if (answer?.type !== 'report-answered') return null;
    const isThereAnother = answer.outcome === 'replaced' || answer.outcome === 'superseded';
    if (isThereAnother && this.isCurrent(rejected)) await mirror.catchUp(rejected.name);
    if (isThereAnother || answer.outcome === 'refreshing') await this.#untilChanged(rejected);
    return answer;
  }

  async #untilChanged(rejected: AboutToken): Promise<void> {
    if (!this.isCurrent(rejected)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#parts.changes.wait(rejected.name, rejected.tokenSha256, NEWS_LIMIT, resolve);
    await promise;
  }
}
