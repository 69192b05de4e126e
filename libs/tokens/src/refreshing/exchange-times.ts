import { millis, type Millis } from '../model/units.ts';

/** The deadline of one exchange; a fifth of the lifetime for tokens that live less than 50 seconds. */
const MAX_EXCHANGE_TIME = 10_000;
export const MIN_EXCHANGE_TIME = 1_000;
/** Exchanges with the current, a newer and the previous version, and the reads of the source between them. */
const EXCHANGES_PER_RENEWAL = 4;

/** @param life of the token at stake; null where none was ever cached */
export const exchangeDeadline = (life: Millis | null): Millis =>
  millis(Math.max(MIN_EXCHANGE_TIME, Math.min(MAX_EXCHANGE_TIME, (life ?? Infinity) / 5)));

/**
 * The time after which the lease expires. A holder that dies must not cost callers the token, and a renewal
 * leaves about half of its lifetime: so at most a quarter of the lifetime, and at least one deadline.
 */
export const leaseTime = (deadline: Millis, life: Millis | null): Millis =>
  millis(Math.min(deadline * EXCHANGES_PER_RENEWAL, Math.max(deadline, (life ?? Infinity) / 4)));
