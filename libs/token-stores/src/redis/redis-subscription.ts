import { ReplyError, type Redis } from 'ioredis';

import { closeClient } from './redis-client.ts';
import { DISCONNECT_DEADLINE, reconnectDelay } from './redis-options.ts';

/** In milliseconds. */
const HEARTBEAT_INTERVAL = 5_000;

/**
 * Subscribes to one channel and reconnects until it is closed. Messages between two connections are lost.
 * ioredis's own subscriber for a Cluster retries a dead node without a delay, and never leaves a node that
 * hangs.
 */
export class RedisSubscription {
  readonly #open: () => Redis;
  readonly #channel: string;
  readonly #listener: (message: string) => void;
  #redis: Redis;
  #failures = 0;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #isClosed = false;

  /**
   * Starts to connect and returns at once.
   * @param open makes a client that ends when its connection does
   */
  constructor(open: () => Redis, channel: string, listener: (message: string) => void) {
    this.#open = open;
    this.#channel = channel;
    this.#listener = listener;
    this.#redis = this.#connect();
  }

  /** Disconnects, within a second even while Redis hangs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#reconnectTimer);
    clearTimeout(this.#heartbeat);
    await closeClient(this.#redis, 1.5 * DISCONNECT_DEADLINE);
  }

  #connect(): Redis {
    const redis = this.#open();
    // The connection for commands reports the same error.
    redis.on('error', () => undefined);
    redis.on('message', (_channel, message) => this.#listener(message));
    redis.on('ready', () => {
      this.#failures = 0;
      void this.#subscribe(redis);
    });
    redis.on('end', () => {
      clearTimeout(this.#heartbeat);
      if (this.#isClosed) return;
      this.#reconnectTimer = setTimeout(
        () => (this.#redis = this.#connect()),
        reconnectDelay(this.#failures++),
      );
    });
    return redis;
  }

  /**
   * Subscribes, and repeats it every five seconds. A missing answer reveals a dead connection (ioredis's
   * `commandTimeout`). The repetition also succeeds once an ACL allows the channel.
   */
  async #subscribe(redis: Redis): Promise<void> {
    try {
      await redis.subscribe(this.#channel);
    } catch (error) {
      if (!(error instanceof ReplyError)) redis.disconnect();
    }
    if (!this.#isClosed && redis === this.#redis)
      this.#heartbeat = setTimeout(() => void this.#subscribe(redis), HEARTBEAT_INTERVAL);
  }
}
