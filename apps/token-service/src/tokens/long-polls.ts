import type { EventEmitter } from 'node:events';

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
/** The long polls of one connection. Responses come in order, so a client that pipelines gains nothing. */
const MAX_OF_CONNECTION = 4;
/** When a long poll is answered at the latest. Many proxies give up after a minute. */
const MAX_DELAY = millis(55_000);
const RETRY_AFTER_SECONDS = seconds(5);

/** A request whose response may be delayed until the token changes. */
export interface LongPoll {
  readonly reply: FastifyReply;
  readonly connection: Pick<EventEmitter, 'once' | 'off'> & { readonly destroyed: boolean };
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
  readonly #ofConnection = new Tally<object>();

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
   * @throws Problem `rate_limited` where too many requests wait already, in all, of this caller or on this
   * connection
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
    if (!isClosed(poll)) {
      wait.cancel = this.#waiters.wait(record.name, record.token.sha256, left, resume);
    }
    return true;
  }

  #begin(poll: LongPoll, limit: Seconds): NonNullable<LongPoll['wait']> {
    const { caller, connection } = poll;
    const free = this.#maxLongPolls - this.#waiters.size;
    if (free <= 0) throw tooMany(`At most ${this.#maxLongPolls} requests may wait in this process.`);
    if (this.#ofCaller.get(caller) >= OF_CALLER_PER_FREE * free) {
      throw tooMany(`${this.#ofCaller.get(caller)} requests of this caller wait in this process, its share.`);
    }
    if (this.#ofConnection.get(connection) >= MAX_OF_CONNECTION) {
      throw tooMany(`At most ${MAX_OF_CONNECTION} requests may wait on one connection.`);
    }
    if (!isClosed(poll)) this.#countUntilClosed(poll);
    const delay = Math.min(MAX_DELAY, toMillis(limit));
    return { until: millis(this.#clock.monotonic() + delay), cancel: () => undefined };
  }

  /**
   * Until the response is sent or the connection closes. A response that is queued behind others emits no
   * `close`.
   */
  #countUntilClosed(poll: LongPoll): void {
    const { caller, connection, reply } = poll;
    this.#ofCaller.add(caller, 1);
    this.#ofConnection.add(connection, 1);
    const closed = (): void => {
      connection.off('close', closed);
      reply.raw.off('close', closed);
      poll.wait?.cancel();
      this.#ofCaller.add(caller, -1);
      this.#ofConnection.add(connection, -1);
    };
    connection.once('close', closed);
    reply.raw.once('close', closed);
  }
}

const isClosed = ({ connection, reply }: LongPoll): boolean => connection.destroyed || reply.raw.destroyed;

const tooMany = (what: string): Problem =>
  new Problem('rate_limited', `${what} Send the request without wait, or to another process.`, {
    retryAfter: RETRY_AFTER_SECONDS,
  });
