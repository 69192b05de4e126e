import { ReplyError, type Redis } from 'ioredis';

import { closeClient } from './redis-client.ts';
import { DISCONNECT_DEADLINE, reconnectDelay } from './redis-options.ts';

/** In milliseconds. */
const HEARTBEAT = 5_000;

/**
 * Listens to one channel for as long as it is open, on one connection after another; what is said in between is lost.
 * ioredis's own subscriber for a Cluster tries a dead node again and again without a pause, and never moves on from one that hangs.
 */
export class RedisSubscription {
  readonly #open: () => Redis;
  readonly #channel: string;
  readonly #listener: (message: string) => void;
  #redis: Redis;
  #failures = 0;
  #pause: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** Starts connecting, and returns at once. @param open makes a client that ends when its connection does */
  constructor(open: () => Redis, channel: string, listener: (message: string) => void) {
    this.#open = open;
    this.#channel = channel;
    this.#listener = listener;
    this.#redis = this.#connect();
  }

  /** Lets go, within a second even of a Redis that hangs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#pause);
    clearTimeout(this.#heartbeat);
    await closeClient(this.#redis, 1.5 * DISCONNECT_DEADLINE);
  }

  #connect(): Redis {
    const redis = this.#open();
    // Whoever sends commands will say what is wrong.
    redis.on('error', () => undefined);
    redis.on('message', (_channel, message) => this.#listener(message));
    redis.on('ready', () => {
      this.#failures = 0;
      void this.#subscribe(redis);
    });
    redis.on('end', () => {
      clearTimeout(this.#heartbeat);
      if (this.#isClosed) return;
      this.#pause = setTimeout(() => (this.#redis = this.#connect()), reconnectDelay(this.#failures++));
    });
    return redis;
  }

  /**
   * Subscribes, and says so again every few seconds. A connection whose other end is gone without a word is found
   * out by the answer that stays out; a right to the channel that was missing is asked for again.
   */
  async #subscribe(redis: Redis): Promise<void> {
    try {
      await redis.subscribe(this.#channel);
    } catch (error) {
      if (!(error instanceof ReplyError)) redis.disconnect();
    }
    if (!this.#isClosed && redis === this.#redis)
      this.#heartbeat = setTimeout(() => void this.#subscribe(redis), HEARTBEAT);
  }
}
