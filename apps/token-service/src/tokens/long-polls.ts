import {
  millis,
  seconds,
  toMillis,
  type Clock,
  type HeldToken,
  type Millis,
  type Seconds,
} from '#libs/tokens';
import type { FastifyReply } from 'fastify';

import { Problem } from '../http/problem.ts';
import type { TokenChanges } from './token-waiters.ts';

/** Each costs a connection. */
const MOST_AT_ONCE = 16_384;
const TRY_AGAIN_AFTER = seconds(5);

/** A request that may be held back until there is something new to say. */
export interface Poll {
  readonly reply: FastifyReply;
  /** Since it was first held back. */
  holding: { readonly until: Millis; callOff: () => void } | null;
}

/** Callers who have the current token and wait for the next one, instead of asking over and over. */
export class LongPolls {
  readonly #changes: TokenChanges;
  readonly #clock: Clock;
  readonly #mostAtOnce: number;

  constructor(changes: TokenChanges, clock: Clock, mostAtOnce: number = MOST_AT_ONCE) {
    this.#changes = changes;
    this.#clock = clock;
    this.#mostAtOnce = mostAtOnce;
  }

  /**
   * Holds a request back until the token changes or its time is over; then `again` decides it anew, from the beginning.
   * @returns false where its time is over
   * @throws Problem where too many are held back already
   */
  hold(poll: Poll, { record }: HeldToken, wait: Seconds, again: () => void): boolean {
    if (this.#changes.isClosed) {
      // At the shutdown: whoever asks again is to ask another process.
      poll.reply.raw.setHeader('connection', 'close');
      return false;
    }
    const holding = (poll.holding ??= this.#start(poll, wait));
    const left = millis(holding.until - this.#clock.monotonic());
    if (left <= 0) return false;
    // A connection that is gone already says so no second time.
    if (!poll.reply.raw.destroyed) {
      holding.callOff = this.#changes.wait(record.name, record.token.sha256, left, again);
    }
    return true;
  }

  #start(poll: Poll, wait: Seconds): NonNullable<Poll['holding']> {
    if (this.#changes.size >= this.#mostAtOnce) {
      throw new Problem(
        'rate_limited',
        `This process keeps no more than ${this.#mostAtOnce} callers waiting; ask without wait, or another one.`,
        { retryAfter: TRY_AGAIN_AFTER },
      );
    }
    poll.reply.raw.once('close', () => poll.holding?.callOff());
    return { until: millis(this.#clock.monotonic() + toMillis(wait)), callOff: () => undefined };
  }
}
