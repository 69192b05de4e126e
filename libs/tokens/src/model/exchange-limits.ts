import { between, millis, type Instant, type Millis } from './units.ts';

/** What makes callers cause an exchange. Each has a budget of its own: who spends the one stops nobody from the other. */
export type ExchangeCause = 'report' | 'revocation';

/** How many exchanges callers may cause for one credential in any stretch of time this long. */
export interface ExchangeLimits {
  readonly perCaller: number;
  readonly perCredential: number;
  readonly window: Millis;
}

/** What callers may cause, over all processes. Renewals that are due count for nothing here. */
export const CALLERS_LIMITS: ExchangeLimits = {
  perCaller: 6,
  perCredential: 12,
  window: millis(60 * 60 * 1000),
};

/** What became of asking a budget for one exchange. */
export interface Spending {
  readonly granted: boolean;
  /** When asking again may help; 0 where it was granted. */
  readonly retryAfter: Millis;
  /** How long nobody may cause one, whoever asks: what the credential has is used up. 0 while there is some left. */
  readonly allMustWait: Millis;
  /** The exchanges within the window that callers caused for this credential, this one included. */
  readonly spentAt: readonly Instant[];
}

/** How many exchanges callers may still cause by reports, all of them together, given when they last did. */
export function exchangesLeft(causedAt: readonly Instant[], now: Instant): number {
  const { perCredential, window } = CALLERS_LIMITS;
  return Math.max(0, perCredential - causedAt.filter((at) => between(at, now) < window).length);
}
