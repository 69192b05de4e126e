import {
  type Clock,
  millis,
  seconds,
  toMillis,
  type CachedToken,
  type Millis,
  type Seconds,
} from '#libs/tokens';
import type { FastifyReply } from 'fastify';

import { Problem } from '../http/problem.ts';
import type { TokenWaiters } from './token-waiters.ts';

/** Each long poll costs a connection; the HTTP server accepts a quarter more. */
const MAX_LONG_POLLS = 16_384;
const RETRY_AFTER_SECONDS = seconds(5);

/** A request whose response may be delayed until the token changes. */
export interface LongPoll {
  readonly reply: FastifyReply;
  /** Null until the request waits for the first time. */
  wait: { readonly until: Millis; cancel: () => void } | null;
}

interface LongPollsParts {
  readonly waiters: TokenWaiters;
  readonly clock: Clock;
  readonly maxLongPolls?: number;
}

/**
 * Delays the responses to callers that have the current token and wait for the next one, instead of polling.
 */
export class LongPolls {
  readonly #waiters: TokenWaiters;
  readonly #clock: Clock;
  readonly #maxLongPolls: number;

  constructor({ waiters, clock, maxLongPolls = MAX_LONG_POLLS }: LongPollsParts) {
    this.#waiters = waiters;
    this.#clock = clock;
    this.#maxLongPolls = maxLongPolls;
  }

  /**
   * Delays a response until the token changes or the limit is over. Then `resume` handles the request again,
   * from the beginning.
   * @param limit counts from the first delay of this request
   * @returns false where the limit is over, so the response is due now
   * @throws Problem `rate_limited` where too many requests wait already
   */
  delay(poll: LongPoll, { record }: CachedToken, limit: Seconds, resume: () => void): boolean {
    if (this.#waiters.isClosed) {
      // This process stops. On a new connection, the next request reaches another process.
      poll.reply.raw.setHeader('connection', 'close');
      return false;
    }
    const wait = (poll.wait ??= this.#begin(poll, limit));
    const left = millis(wait.until - this.#clock.monotonic());
    if (left <= 0) return false;
    // The `close` event of a destroyed connection has been emitted already, so nothing would cancel the wait.
    if (!poll.reply.raw.destroyed) {
      wait.cancel = this.#waiters.wait(record.name, record.token.sha256, left, resume);
    }
    return true;
  }

  #begin(poll: LongPoll, limit: Seconds): NonNullable<LongPoll['wait']> {
    if (this.#waiters.size >= this.#maxLongPolls) {
      throw new Problem(
        'rate_limited',
        `At most ${this.#maxLongPolls} requests may wait in this process. Send the request without wait, or to another process.`,
        { retryAfter: RETRY_AFTER_SECONDS },
      );
    }
    poll.reply.raw.once('close', () => poll.wait?.cancel());
    return { until: millis(this.#clock.monotonic() + toMillis(limit)), cancel: () => undefined };
  }
}
