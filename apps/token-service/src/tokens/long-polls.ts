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
import { Tally } from '../http/tally.ts';
import type { TokenWaiters } from './token-waiters.ts';

/** Each long poll costs a connection; the HTTP server accepts a quarter more. */
const MAX_LONG_POLLS = 16_384;
/**
 * A caller may have this many long polls for each one that is still free: three quarters if no other caller
 * waits. Some room is always left for others.
 */
const OF_CALLER_PER_FREE = 3;
/** When a long poll is answered at the latest. Many proxies give up after a minute. */
const MAX_DELAY = millis(55_000);
const RETRY_AFTER_SECONDS = seconds(5);

/** A request whose response may be delayed until the token changes. */
export interface LongPoll {
  readonly reply: FastifyReply;
  /** The name of the caller, known before the first wait. */
  caller: string;
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
  readonly #ofCaller = new Tally<string>();

  constructor({ waiters, clock, maxLongPolls = MAX_LONG_POLLS }: LongPollsParts) {
    this.#waiters = waiters;
    this.#clock = clock;
    this.#maxLongPolls = maxLongPolls;
  }

  /**
   * Delays a response until the token changes or the limit is over. Then `resume` handles the request again,
   * from the beginning.
   * @param limit counts from the first delay of this request; more than 55 seconds count as 55
   * @returns false where the limit is over, so the response is due now
   * @throws Problem `rate_limited` where too many requests wait already, in all or of this caller
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
    // The `close` event has been emitted already, so nothing would cancel the wait.
    if (!poll.reply.raw.destroyed) {
      wait.cancel = this.#waiters.wait(record.name, record.token.sha256, left, resume);
    }
    return true;
  }

  #begin(poll: LongPoll, limit: Seconds): NonNullable<LongPoll['wait']> {
    const { caller } = poll;
    const free = this.#maxLongPolls - this.#waiters.size;
    if (free <= 0) throw tooMany(`At most ${this.#maxLongPolls} requests may wait in this process.`);
    if (this.#ofCaller.get(caller) >= OF_CALLER_PER_FREE * free) {
      throw tooMany(`${this.#ofCaller.get(caller)} requests of this caller wait in this process, its share.`);
    }
    if (!poll.reply.raw.destroyed) this.#countUntilClosed(poll);
    const delay = Math.min(MAX_DELAY, toMillis(limit));
    return { until: millis(this.#clock.monotonic() + delay), cancel: () => undefined };
  }

  /**
   * Until the response is sent or the connection closes. `RequestQueue` lets one request of a connection wait
   * at a time, so each of these responses emits `close`.
   */
  #countUntilClosed(poll: LongPoll): void {
    const { caller, reply } = poll;
    this.#ofCaller.add(caller, 1);
    reply.raw.once('close', () => {
      poll.wait?.cancel();
      this.#ofCaller.add(caller, -1);
    });
  }
}

const tooMany = (what: string): Problem =>
  new Problem('rate_limited', `${what} Send the request without wait, or to another process.`, {
    retryAfter: RETRY_AFTER_SECONDS,
  });
