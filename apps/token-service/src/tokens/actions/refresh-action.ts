import type { Caller } from '#libs/callers';
import { seconds, type ReportOutcome, type Seconds, type TokenVendor } from '#libs/tokens';

import type { ActionMetrics } from '../../metrics/action-metrics.ts';
import type { Readiness } from '../../status/readiness.ts';
import { localTokenProblem, noTokenProblem } from '../no-token-problem.ts';
import { Problem } from '../../http/problem.ts';
import type { AskedAction, TokenAction } from './token-action.ts';
import { sendToken } from '../token-response.ts';
import type { TokenReports } from './token-reports.ts';

const RETRY_AFTER_SECONDS = seconds(5);
const BUDGET_RETRY_AFTER_SECONDS = seconds(300);

interface RefreshActionParts {
  readonly reports: TokenReports;
  readonly vendor: TokenVendor;
  readonly readiness: Readiness;
  readonly metrics: ActionMetrics;
}

/**
 * `POST /v1/tokens/{name}/refresh`: a caller's word that a token was rejected where it was used. Compare-and-swap: only if
 * that is the current one is another fetched; the answer is the one to use now.
 */
export class RefreshAction implements TokenAction {
  readonly verb = 'refresh';
  readonly event = 'token.reported';
  readonly #parts: RefreshActionParts;

  constructor(parts: RefreshActionParts) {
    this.#parts = parts;
  }

  isAllowed(caller: Caller, name: string): boolean {
    return caller.mayRefresh(name);
  }

  count(caller: string, name: string, outcome: string): void {
    this.#parts.metrics.reported(caller, name, outcome);
  }

  async answer(asked: AskedAction): Promise<void> {
    const { reports } = this.#parts;
    const { about, auditRecord } = asked;
    auditRecord.outcome = 'superseded';
    if (reports.isCurrent(about)) {
      const answer = await reports.report(about);
      await asked.checkAgain();
      if (reports.isCurrent(about)) {
        auditRecord.outcome = waitFor(answer?.outcome ?? null, answer?.retryAfter ?? null, asked);
        return;
      }
      if (answer?.outcome !== 'superseded') auditRecord.outcome = 'replaced';
    }
    this.#sendCurrent(asked);
  }

  #sendCurrent({ request, reply, about, auditRecord }: AskedAction): void {
    const { vendor, readiness } = this.#parts;
    const vended = vendor.vend(about.name);
    if (vended.outcome !== 'vended') throw noTokenProblem(vended, !readiness.isWarmedUp);
    auditRecord.tokenSha256 = vended.cached.token.sha256;
    auditRecord.expiresIn = vended.expiresIn;
    sendToken(request, reply, vended);
  }
}

/**
 * Answers where the rejected token is still the one this process has. Says how that is called.
 * @throws Problem where it is of no use to ask again soon
 */
function waitFor(outcome: ReportOutcome | null, retryAfter: Seconds | null, { reply }: AskedAction): string {
  switch (outcome) {
    case null:
      throw new Problem(
        'token_unavailable',
        'No process that holds credentials answered; the token you reported is still the current one.',
        { retryAfter: RETRY_AFTER_SECONDS },
      );
    case 'budget_exhausted':
      throw new Problem(
        outcome,
        'Callers have had as many tokens of this credential replaced as they may for now; its current token stays.',
        { retryAfter: retryAfter ?? BUDGET_RETRY_AFTER_SECONDS },
      );
    case 'not_renewable':
      throw localTokenProblem();
    case 'credential_not_found':
      throw noTokenProblem({ outcome, retryAfter: RETRY_AFTER_SECONDS }, false);
    default:
      void reply
        .code(202)
        .headers({ 'cache-control': 'no-store', 'retry-after': String(retryAfter ?? RETRY_AFTER_SECONDS) })
        .send({ status: 'refreshing' });
      return outcome === 'failed' ? 'failed' : 'refreshing';
  }
}
