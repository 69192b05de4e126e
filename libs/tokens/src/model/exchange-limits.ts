import { between, millis, type Instant, type Millis } from './units.ts';

/**
 * Why a caller causes an exchange. Each cause has a budget of its own, so reports cannot use up revocations.
 */
export type ExchangeCause = 'report' | 'revocation';

/** How many exchanges callers may cause for one credential within any period of length `window`. */
export interface ExchangeLimits {
  readonly perCaller: number;
  readonly perCredential: number;
  readonly window: Millis;
}

/** The limits over all processes. Scheduled renewals do not count. */
export const CALLERS_LIMITS: ExchangeLimits = {
  perCaller: 6,
  perCredential: 12,
  window: millis(60 * 60 * 1000),
};

/** The answer of a budget to a request for one exchange. */
export interface Spending {
  readonly granted: boolean;
  /** When asking again may help; 0 where it was granted. */
  readonly retryAfter: Millis;
  /**
   * How long no caller may cause an exchange, as the credential's budget is used up; 0 while some is left.
   */
  readonly allMustWait: Millis;
  /** The exchanges within the window that callers caused for this credential, this one included. */
  readonly spentAt: readonly Instant[];
}

/** How many exchanges all callers together may still cause by reports. */
export function exchangesLeft(causedAt: readonly Instant[], now: Instant): number {
  const { perCredential, window } = CALLERS_LIMITS;
  return Math.max(0, perCredential - causedAt.filter((at) => between(at, now) < window).length);
}
