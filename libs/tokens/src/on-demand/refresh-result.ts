import type { ReportOutcome } from '../ports/refresher-client.ts';
import { seconds, type Millis, type Seconds } from '../model/units.ts';

/** What became of a wish for another token. */
export interface RefreshResult {
  readonly outcome: ReportOutcome;
  /** When to ask again, where that is of use; null otherwise. */
  readonly retryAfter: Seconds | null;
}

/** It is under way, or will be in a moment. */
export const IN_PROGRESS: RefreshResult = { outcome: 'refreshing', retryAfter: seconds(1) };

/** @param wait after which asking again may help; told in whole seconds, one at least */
export const result = (outcome: ReportOutcome, wait: Millis | null = null): RefreshResult => ({
  outcome,
  retryAfter: wait === null ? null : seconds(Math.max(1, Math.ceil(wait / 1000))),
});
