import { Redis, ReplyError } from 'ioredis';

import type { RedisAddress } from './redis-address.ts';
import { redisFailure } from './redis-failure.ts';
import { DEADLINE, DISCONNECT_DEADLINE, redisOptions } from './redis-options.ts';

/** One connection that makes itself anew for as long as it is open, and on which nothing waits for ever. */
export class RedisConnection {
  readonly #address: RedisAddress;
  readonly #redis: Redis;
  /** Settles when the connecting under way is over, well or badly; who comes during the first one waits for it. */
  #attempt = Promise.withResolvers<void>();
  #lastError: unknown = null;

  /** Starts connecting, and returns at once. @param ca PEM certificates to trust instead of the machine's own */
  constructor(address: RedisAddress, ca: string | undefined) {
    this.#address = address;
    this.#redis = new Redis(redisOptions(address, ca));
    this.#redis.on('connecting', () => {
      const attempt = Promise.withResolvers<void>();
      this.#attempt.resolve(attempt.promise);
      this.#attempt = attempt;
    });
    this.#redis.on('error', (error) => (this.#lastError = error));
    this.#redis.on('connect', () => (this.#lastError = null));
    this.#redis.on('ready', () => {
      // ioredis goes on in database 0 where the one that was asked for is refused.
      if (this.#lastError === null) this.#attempt.resolve();
      else this.#redis.disconnect(true);
    });
    this.#redis.on('close', () => this.#attempt.resolve());
    this.#redis.on('end', () => this.#attempt.resolve());
  }

  /**
   * Does some commands, within one deadline for all of them.
   * @throws StoreUnavailable where that fails for whatever reason; at once while Redis is known to be down.
   */
  async run<T>(commands: (redis: Redis) => Promise<T>): Promise<T> {
    try {
      return await withinDeadline(DEADLINE, this.#whenReady().then(commands));
    } catch (error) {
      // ioredis says no more than that there is no connection; what it said before tells why.
      const reason = error instanceof ReplyError ? error : (this.#lastError ?? error);
      throw redisFailure(reason, this.#address);
    }
  }

  /** Subscribes to a channel, now and after every reconnection. What is said in between is lost. */
  subscribe(channel: string, listener: (message: string) => void): void {
    this.#redis.on('message', (_channel, message) => listener(message));
    this.#redis.on('ready', () => {
      // Refused or cut off: the next connection tries again, and those who poll notice nothing.
      this.#redis.subscribe(channel).catch(() => undefined);
    });
  }

  /** Lets go, within a second even of a Redis that hangs. */
  async close(): Promise<void> {
    // Between two attempts there is nothing to be closed, and ioredis would not say when it is.
    const isOpen = ['connecting', 'connect', 'ready'].includes(this.#redis.status);
    const ended = new Promise((resolve) => this.#redis.once('end', resolve));
    this.#redis.disconnect();
    if (isOpen) await withinDeadline(1.5 * DISCONNECT_DEADLINE, ended).catch(() => undefined);
    this.#lastError ??= new Error('it was closed by this process');
  }

  async #whenReady(): Promise<Redis> {
    await this.#attempt.promise;
    return this.#redis;
  }
}

async function withinDeadline<T>(deadline: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('Command timed out')), deadline);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
