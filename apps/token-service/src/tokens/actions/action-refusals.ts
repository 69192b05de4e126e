import { seconds, type Seconds } from '#libs/tokens';

import { Problem } from '../../http/problem.ts';
import { localTokenProblem, noTokenProblem } from '../no-token-problem.ts';

/** When a caller may send an action again that only has to wait for another process. */
export const RETRY_AFTER_SECONDS = seconds(5);
const BUDGET_RETRY_AFTER_SECONDS = seconds(300);

/** What a refreshing process refuses to do, for a report as for a revocation. */
type ActionRefusal = 'budget_exhausted' | 'not_renewable' | 'credential_not_found';

/**
 * The problem of a refused action.
 * @param consequence what an exhausted budget means for this action, with the punctuation before it
 */
export function actionRefusal(outcome: ActionRefusal, retryAfter: Seconds | null, consequence = ''): Problem {
  switch (outcome) {
    case 'budget_exhausted':
      return new Problem(
        outcome,
        `Callers have used up the exchanges of this credential for now${consequence}.`,
        { retryAfter: retryAfter ?? BUDGET_RETRY_AFTER_SECONDS },
      );
    case 'not_renewable':
      return localTokenProblem();
    case 'credential_not_found':
      return noTokenProblem({ outcome, retryAfter: RETRY_AFTER_SECONDS }, { isStarting: false });
  }
}
