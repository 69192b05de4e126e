import {
  millis,
  seconds,
  toMillis,
  type Clock,
  type CachedToken,
  type Millis,
  type Seconds,
} from '#libs/tokens';
import type { FastifyReply } from 'fastify';

import { Problem } from '../http/problem.ts';
import type { TokenWaiters } from './token-waiters.ts';

/** Each costs a connection. */
const MAX_LONG_POLLS = 16_384;
const RETRY_AFTER_SECONDS = seconds(5);

/** A request that may be held back until there is something new to say. */
export interface Poll {
  readonly reply: FastifyReply;
  /** Since it was first held back. */
  holding: { readonly until: Millis; callOff: () => void } | null;
}

/** Callers who have the current token and wait for the next one, instead of asking over and over. */
export class LongPolls {
  readonly #waiters: TokenWaiters;
  readonly #clock: Clock;
  readonly #mostAtOnce: number;

  constructor(waiters: TokenWaiters, clock: Clock, mostAtOnce: number = MAX_LONG_POLLS) {
    this.#waiters = waiters;
    this.#clock = clock;
    this.#mostAtOnce = mostAtOnce;
  }

  /**
   * Holds a request back until the token changes or its time is over; then `again` decides it anew, from the beginning.
   * @returns false where its time is over
   * @throws Problem where too many are held back already
   */
  hold(poll: Poll, { record }: CachedToken, wait: Seconds, again: () => void): boolean {
    if (this.#waiters.isClosed) {
      // At the shutdown: whoever asks again is to ask another process.
      poll.reply.raw.setHeader('connection', 'close');
      return false;
    }
    const holding = (poll.holding ??= this.#start(poll, wait));
    const left = millis(holding.until - this.#clock.monotonic());
    if (left <= 0) return false;
    // A connection that is gone already says so no second time.
    if (!poll.reply.raw.destroyed) {
      holding.callOff = this.#waiters.wait(record.name, record.token.sha256, left, again);
    }
    return true;
  }

  #start(poll: Poll, wait: Seconds): NonNullable<Poll['holding']> {
    if (this.#waiters.size >= this.#mostAtOnce) {
      throw new Problem(
        'rate_limited',
        `This process keeps no more than ${this.#mostAtOnce} callers waiting; ask without wait, or another one.`,
        { retryAfter: RETRY_AFTER_SECONDS },
      );
    }
    poll.reply.raw.once('close', () => poll.holding?.callOff());
    return { until: millis(this.#clock.monotonic() + toMillis(wait)), callOff: () => undefined };
  }
}
