import { millis, seconds, toMillis } from '#libs/tokens';

/**
 * How long a generation is kept after a removal and after a token expires: a week. By then no token of a
 * lower generation is valid, as no token lives over 48 hours. The catalog keeps generations longer.
 */
export const GENERATION_RETENTION = seconds(7 * 24 * 60 * 60);

/** How long earlier tokens are kept: the maximum lifetime of a token. */
export const EARLIER_TOKEN_RETENTION = toMillis(seconds(48 * 60 * 60));

/** How long a mark is kept: longer than the longest lead time of a warning. */
export const MARK_RETENTION = seconds(60 * 24 * 60 * 60);

/** How long the token hash is kept: counted from now, so that clocks that differ delete nothing too early. */
export const tokenRetention = (lifetime: number) =>
  millis(Math.ceil(lifetime) + toMillis(GENERATION_RETENTION));
