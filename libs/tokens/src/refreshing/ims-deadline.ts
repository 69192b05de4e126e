import { withDeadline } from '../model/deadline.ts';
import { millis, type Millis } from '../model/units.ts';
import { neverAnswered } from './exchange-errors.ts';

/** The time beyond its deadline for which a client that misses it is waited for, in milliseconds. */
export const DEADLINE_GRACE = 1_000;

/**
 * Waits for an answer of the client for IMS.
 * @param deadline that the client was given
 * @throws ExchangeFailure `ims_timeout` if the client misses it, and what the client throws
 */
export const withImsDeadline = <T>(deadline: Millis, answer: Promise<T>): Promise<T> =>
  withDeadline(millis(deadline + DEADLINE_GRACE), answer, neverAnswered);
