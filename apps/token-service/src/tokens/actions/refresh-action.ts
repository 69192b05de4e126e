import type { Caller } from '#libs/callers';
import type { CurrentTokens, ReportOutcome, Seconds, TokenVendor, VendedToken } from '#libs/tokens';

import type { AuditLog } from '../../audit/audit-log.ts';
import { forgetToken } from '../../audit/audit-record.ts';
import type { Readiness } from '../../status/readiness.ts';
import { noTokenProblem } from '../no-token-problem.ts';
import { Problem } from '../../http/problem.ts';
import type { ActionMetrics } from './action-metrics.ts';
import { actionRefusal, RETRY_AFTER_SECONDS } from './action-refusals.ts';
import type { CheckedRequest, TokenAction } from './token-action.ts';
import { sendToken } from '../token-response.ts';
import type { TokenReports } from './token-reports.ts';

interface RefreshActionParts {
  readonly reports: TokenReports;
  readonly vendor: TokenVendor;
  readonly tokens: CurrentTokens;
  readonly readiness: Readiness;
  readonly metrics: ActionMetrics;
  readonly audit: AuditLog | null;
}

/**
 * `POST /v1/tokens/{name}/refresh`: reports a token that an Adobe API rejected. Compare-and-swap: the service
 * replaces the token only if it is the current one. The response has the token to use now.
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

  async answer(checked: CheckedRequest): Promise<void> {
    const { reports } = this.#parts;
    const { about, auditRecord } = checked;
    auditRecord.outcome = 'superseded';
    reports.assertDigestOfToken(about);
    if (reports.isCurrent(about)) {
      const answer = await reports.report(about);
      await checked.checkAgain();
      if (reports.isCurrent(about)) {
        auditRecord.outcome = respondUnchanged(answer?.outcome ?? null, answer?.retryAfter ?? null, checked);
        return;
      }
      if (answer?.outcome !== 'superseded') auditRecord.outcome = 'replaced';
    }
    await this.#sendCurrent(checked);
  }

  async #sendCurrent(checked: CheckedRequest): Promise<void> {
    const { vendor, audit } = this.#parts;
    const { request, reply, about, auditRecord } = checked;
    const { cached, expiresIn } = this.#vend(about.name);
    auditRecord.tokenSha256 = cached.token.sha256;
    auditRecord.expiresIn = expiresIn;
    await audit?.beforeHandOut(auditRecord);
    const vended = vendor.vend(about.name);
    if (vended.outcome === 'vended' && vended.cached === cached) {
      sendToken(request, reply, vended);
      return;
    }
    // Meanwhile the token was replaced: another one needs a line of its own.
    forgetToken(auditRecord);
    await this.#sendCurrent(checked);
  }

  /** @throws Problem where there is no token to hand out */
  #vend(name: string): VendedToken {
    const { vendor, tokens, readiness } = this.#parts;
    const vended = vendor.vend(name);
    if (vended.outcome === 'vended') return vended;
    const status = tokens.get(name)?.status;
    throw noTokenProblem(vended, { isStarting: !readiness.isWarmedUp, status });
  }
}

/**
 * Responds while this process still has the rejected token as the current one. Returns the outcome for the
 * audit.
 * @throws Problem where the caller need not ask again soon
 */
function respondUnchanged(
  outcome: ReportOutcome | null,
  retryAfter: Seconds | null,
  { reply }: CheckedRequest,
): string {
  switch (outcome) {
    case null:
      throw new Problem(
        'token_unavailable',
        'No process that holds credentials answered; the token you reported is still the current one.',
        { retryAfter: RETRY_AFTER_SECONDS },
      );
    case 'budget_exhausted':
    case 'not_renewable':
    case 'credential_not_found':
      throw actionRefusal(outcome, retryAfter, '; its current token stays');
    default:
      void reply
        .code(202)
        .headers({ 'cache-control': 'no-store', 'retry-after': String(retryAfter ?? RETRY_AFTER_SECONDS) })
        .send({ status: 'refreshing' });
      return outcome === 'failed' ? 'failed' : 'refreshing';
  }
}
