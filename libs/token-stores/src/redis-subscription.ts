import type { Redis } from 'ioredis';

import { closeClient } from './redis-client.ts';
import { DISCONNECT_DEADLINE, reconnectDelay } from './redis-options.ts';

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
    await closeClient(this.#redis, 1.5 * DISCONNECT_DEADLINE);
  }

  #connect(): Redis {
    const redis = this.#open();
    // Whoever sends commands will say what is wrong.
    redis.on('error', () => undefined);
    redis.on('message', (_channel, message) => this.#listener(message));
    redis.on('ready', () => {
      this.#failures = 0;
      // Refused or cut off: the next connection tries again, and those who poll notice nothing.
      redis.subscribe(this.#channel).catch(() => undefined);
    });
    redis.on('end', () => {
      if (this.#isClosed) return;
      this.#pause = setTimeout(() => (this.#redis = this.#connect()), reconnectDelay(this.#failures++));
    });
    return redis;
  }
}
