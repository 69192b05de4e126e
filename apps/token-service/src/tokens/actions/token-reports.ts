import {
  millis,
  SingleFlight,
  type CurrentTokens,
  type RefresherClient,
  type RefresherResponse,
  type StoreSync,
  type TokenReference,
} from '#libs/tokens';

import { Problem } from '../../http/problem.ts';
import { mistakenDigest } from './mistaken-digest.ts';
import type { TokenWaiters } from '../token-waiters.ts';

/** Longer than the 3 seconds that the refreshing process takes at most (`refresher-handler.ts`). */
const REFRESH_ANSWER_TIMEOUT = millis(5_000);
/** How long a request waits for a token that another process has published, or is about to publish. */
const NEW_TOKEN_TIMEOUT = millis(2_000);

type ReportAnswer = Extract<RefresherResponse, { type: 'report-answered' }>;

interface TokenReportsParts {
  readonly refresher: RefresherClient;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly waiters: TokenWaiters;
}

/** A report that was sent, and the caller in whose name. */
interface SentReport {
  readonly caller: string;
  /** Null where no process answered. */
  readonly answer: ReportAnswer | null;
}

/** Sends reports of rejected tokens to a refreshing process. Equal reports at the same time are sent once. */
export class TokenReports {
  readonly #parts: TokenReportsParts;
  readonly #sending = new SingleFlight<string, SentReport>();

  constructor(parts: TokenReportsParts) {
    this.#parts = parts;
  }

  /** Whether this is the current token in this process. */
  isCurrent(rejected: TokenReference): boolean {
    return this.#parts.tokens.isCurrent(rejected);
  }

  /**
   * Otherwise the caller would get the rejected token again without end.
   * @throws Problem `invalid_request` for the digest of something else than a token
   */
  assertDigestOfToken({ name, tokenSha256 }: TokenReference): void {
    const current = this.#parts.tokens.get(name)?.cached?.token;
    if (current === undefined || current.sha256 === tokenSha256) return;
    const mistake = mistakenDigest(tokenSha256, current.reveal());
    if (mistake === null) return;
    throw new Problem(
      'invalid_request',
      `token_sha256 is of no token known here: it is the SHA-256 of ${mistake}. Hash the token alone: printf %s "$TOKEN" | sha256sum.`,
    );
  }

  /**
   * Reports the token, and waits a few seconds until this process has the new one. The result tells only how
   * the refresh ended; the caller looks the token up afterwards. Null where no process answered.
   */
  async report(rejected: TokenReference): Promise<ReportAnswer | null> {
    const key = `${rejected.name} ${rejected.tokenSha256}`;
    for (;;) {
      const { caller, answer } = await this.#sending.run(key, () => this.#send(rejected));
      // The budget that is exhausted may be that of another caller. Then this caller sends a report of its
      // own.
      const isOthersBudget = answer?.outcome === 'budget_exhausted' && caller !== rejected.caller;
      if (!isOthersBudget || !this.isCurrent(rejected)) return answer;
    }
  }

  async #send(rejected: TokenReference): Promise<SentReport> {
    const { refresher, sync } = this.#parts;
    const { caller } = rejected;
    const answer = await refresher.send({ type: 'report-token', ...rejected }, REFRESH_ANSWER_TIMEOUT);
    if (answer?.type !== 'report-answered') return { caller, answer: null };
    const isReplaced = answer.outcome === 'replaced' || answer.outcome === 'superseded';
    if (isReplaced && this.isCurrent(rejected)) await sync.catchUp(rejected.name);
    if (isReplaced || answer.outcome === 'refreshing') await this.#untilChanged(rejected);
    return { caller, answer };
  }

  async #untilChanged(rejected: TokenReference): Promise<void> {
    if (!this.isCurrent(rejected)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#parts.waiters.wait(rejected.name, rejected.tokenSha256, NEW_TOKEN_TIMEOUT, resolve);
    await promise;
  }
}
