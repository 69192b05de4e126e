import { seconds, type Millis, type Seconds } from './units.ts';

/** How a caller's report of a rejected token ended. */
export type ReportOutcome =
  /** A newer token than the reported one is published. */
  | 'replaced'
  /** The reported token was not the current one: the caller can use the current one. */
  | 'superseded'
  /** A refresh is running, or the exchange takes longer than a caller should wait. */
  | 'refreshing'
  /** The exchange failed; status has the reason. */
  | 'failed'
  /** Callers have caused as many exchanges as they may for now. */
  | 'budget_exhausted'
  /** A local development token: only a person can fetch another one. */
  | 'not_renewable'
  | 'credential_not_found';

/** The answer to a request for another token. */
export interface RefreshResult {
  readonly outcome: ReportOutcome;
  /** When asking again may help; null where it does not. */
  readonly retryAfter: Seconds | null;
}

/** A refresh is running, or starts within a second. */
export const IN_PROGRESS: RefreshResult = { outcome: 'refreshing', retryAfter: seconds(1) };

/** @param wait after which asking again may help; rounded up to whole seconds, at least one */
export const result = (outcome: ReportOutcome, wait: Millis | null = null): RefreshResult => ({
  outcome,
  retryAfter: wait === null ? null : seconds(Math.max(1, Math.ceil(wait / 1000))),
});
