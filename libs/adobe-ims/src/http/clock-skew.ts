import { millis, type Millis } from '#libs/tokens';

/** "IMS allows a time skew of 30 seconds" (aemcs-api-client-lib, before 2026-04). */
const ALLOWED_BY_IMS = millis(30_000);
/**
 * The most that IMS's `Date` may correct the time of an assertion by. A false `Date` from something between
 * this service and IMS would otherwise make an assertion of five minutes valid at any time.
 */
const MAX_CORRECTION = millis(600_000);
/** `Date` counts whole seconds, and half the round trip is a guess: a smaller skew is within the error. */
const MEASUREMENT_ERROR = millis(2_000);

/**
 * Whether this machine's clock is so far behind IMS's that a new assertion may already be expired for IMS.
 */
export const isBehindIms = (skew: Millis | null): skew is Millis => skew !== null && skew > ALLOWED_BY_IMS;

/** Whether the two clocks are too far apart for an assertion to be signed with IMS's time. */
export const isBeyondCorrection = (skew: Millis): boolean => skew > MAX_CORRECTION;

/**
 * States by how much this machine's clock is ahead of IMS's, as a clause to append; empty when it is not
 * ahead.
 */
export function aheadOfIms(skew: Millis | null): string {
  if (skew === null || skew + MEASUREMENT_ERROR > 0) return '';
  return `, and that clock is ${Math.round(Math.abs(skew) / 1000)} seconds ahead of IMS's: set it right (NTP)`;
}

/** Compares the two clocks, as a sentence. */
export function compareClocks(skew: Millis | null): string {
  if (skew === null)
    return "IMS sent no Date header to compare clocks with; check this machine's clock (NTP).";
  if (Math.abs(skew) <= MEASUREMENT_ERROR) return "This machine's clock agrees with IMS's.";
  if (isBeyondCorrection(skew)) return farBehind(skew);
  const direction = skew > 0 ? 'behind' : 'ahead of';
  return `This machine's clock is ${Math.round(Math.abs(skew) / 1000)} seconds ${direction} IMS's: set it right (NTP).`;
}

/** The correction stops at MAX_CORRECTION, because `Date` itself may be false. */
const farBehind = (skew: Millis): string =>
  `The Date header of the answer is ${Math.round(skew / 1000)} seconds ahead of this machine's clock. The service ` +
  `corrects ${MAX_CORRECTION / 60_000} minutes at most: set the clock right (NTP); if it is right, something between this ` +
  'service and IMS changes the Date header.';
