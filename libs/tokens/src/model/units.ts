declare const unit: unique symbol;

/** A length of time in seconds, as OAuth writes `expires_in` (RFC 6749 §5.1). */
export type Seconds = number & { readonly [unit]: 'seconds' };
/** A length of time in milliseconds, as IMS writes `expires_in` in its tokens and JWT exchanges. */
export type Millis = number & { readonly [unit]: 'millis' };
/** A point in wall-clock time: milliseconds since the Unix epoch. */
export type Instant = number & { readonly [unit]: 'instant' };

export const seconds = (value: number): Seconds => value as Seconds;
export const millis = (value: number): Millis => value as Millis;
export const instant = (epochMillis: number): Instant => epochMillis as Instant;

export const toMillis = (value: Seconds): Millis => millis(value * 1000);

/** The instant `length` after `start`; a negative length lies before it. */
export const later = (start: Instant, length: Millis): Instant => instant(start + length);
/** The length from `start` to `end`; negative where `end` is earlier. */
export const between = (start: Instant, end: Instant): Millis => millis(end - start);
/** ISO 8601 in UTC with milliseconds, as the status answers write times. */
export const toIso = (value: Instant): string => new Date(value).toISOString();
