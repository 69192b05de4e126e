import { ReplyError, type Redis } from 'ioredis';

import { closeClient } from './redis-client.ts';
import { DISCONNECT_DEADLINE, reconnectDelay } from './redis-options.ts';

/** In milliseconds. */
const HEARTBEAT_INTERVAL = 5_000;
/**
 * More than this service sends: thousands of credentials that get their first tokens take several seconds. So
 * many take about ten milliseconds.
 */
const MAX_MESSAGES_PER_SECOND = 2_000;
/** How long a subscription stays closed after too many messages, in milliseconds. */
const STORM_PAUSE = 1_000;

interface RedisSubscriptionParts {
  /** Makes a client that ends when its connection does. */
  readonly open: () => Redis;
  readonly channel: string;
  readonly listener: (message: string) => void;
  /** Called when the subscription is closed for a second because of too many messages. */
  readonly onStorm: () => void;
  /** Hears each error of Redis to an attempt to subscribe. */
  readonly onRefusal: (error: unknown) => void;
}

/**
 * Subscribes to one channel and reconnects until it is closed. Messages between two connections are lost. So
 * are the messages of a second in which too many come: they must not keep the process from its other work.
 * ioredis's own subscriber for a Cluster retries a dead node without a delay, and never leaves a node that
 * hangs.
 */
export class RedisSubscription {
  readonly #parts: RedisSubscriptionParts;
  #redis: Redis;
  #failures = 0;
  #reconnectTimer: NodeJS.Timeout | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  #isClosed = false;

  #since = 0;
  #received = 0;

  /** Starts to connect and returns at once. */
  constructor(parts: RedisSubscriptionParts) {
    this.#parts = parts;
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
    const redis = this.#parts.open();
    let isClosing = false;
    // The connection for commands reports the same error.
    redis.on('error', () => undefined);
    redis.on('message', (_channel, message) => {
      // What has arrived with the messages before is still reported after the disconnection.
      if (isClosing) return;
      isClosing = this.#isStorm();
      if (isClosing) redis.disconnect();
      else this.#parts.listener(message);
    });
    redis.on('ready', () => {
      this.#failures = 0;
      void this.#subscribe(redis);
    });
    redis.on('end', () => {
      clearTimeout(this.#heartbeat);
      if (this.#isClosed) return;
      this.#reconnectTimer = setTimeout(
        () => (this.#redis = this.#connect()),
        isClosing ? STORM_PAUSE : reconnectDelay(this.#failures++),
      );
    });
    return redis;
  }

  #isStorm(): boolean {
    const now = performance.now();
    if (now - this.#since >= 1_000) {
      this.#since = now;
      this.#received = 0;
    }
    this.#received += 1;
    if (this.#received <= MAX_MESSAGES_PER_SECOND) return false;
    this.#parts.onStorm();
    return true;
  }

  /**
   * Subscribes, and repeats it every five seconds. A missing answer reveals a dead connection (ioredis's
   * `commandTimeout`). The repetition also succeeds once an ACL allows the channel.
   */
  async #subscribe(redis: Redis): Promise<void> {
    try {
      await redis.subscribe(this.#parts.channel);
    } catch (error) {
      this.#parts.onRefusal(error);
      if (!(error instanceof ReplyError)) redis.disconnect();
    }
    if (!this.#isClosed && redis === this.#redis)
      this.#heartbeat = setTimeout(() => void this.#subscribe(redis), HEARTBEAT_INTERVAL);
  }
}
