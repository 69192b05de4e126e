import type { EventEmitter } from 'node:events';

import { Cluster, ReplyError } from 'ioredis';

import type { Endpoint, RedisAddress } from './redis-address.ts';
import { closeClient, openClient, type RedisClient, type RedisCommands } from './redis-client.ts';
import { redisFailure } from './redis-failure.ts';
import { DEADLINE, DISCONNECT_DEADLINE } from './redis-options.ts';

/** One connection (to a Cluster: as many as it needs) that makes itself anew for as long as it is open, and on which nothing waits for ever. */
export class RedisConnection {
  readonly #address: RedisAddress;
  readonly #redis: RedisClient;
  /** Settles when the connecting under way is over, well or badly; who comes during the first one waits for it. */
  #attempt = Promise.withResolvers<void>();
  #lastError: unknown = null;

  /** Starts connecting, and returns at once. @param ca PEM certificates to trust instead of the machine's own */
  constructor(address: RedisAddress, ca: string | undefined) {
    this.#address = address;
    this.#redis = openClient(address, ca);
    const events: EventEmitter = this.#redis;
    events.on('connecting', () => {
      const attempt = Promise.withResolvers<void>();
      this.#attempt.resolve(attempt.promise);
      this.#attempt = attempt;
    });
    // With Sentinels, "connecting" goes on and on; the first error says that waiting for it is in vain.
    events.on('error', (error: unknown) => {
      this.#lastError = withLastNodeError(error);
      this.#attempt.resolve();
    });
    events.on('node error', (error: unknown) => (this.#lastError = error));
    events.on('connect', () => (this.#lastError = null));
    events.on('ready', () => {
      // ioredis goes on in database 0 where the one that was asked for is refused.
      if (this.#lastError === null || this.#redis instanceof Cluster) this.#attempt.resolve();
      else this.#redis.disconnect(true);
    });
    events.on('close', () => this.#attempt.resolve());
    events.on('end', () => this.#attempt.resolve());
  }

  /** The nodes that a Cluster is known to have at the moment; none for anything else. */
  get nodes(): readonly Endpoint[] {
    if (!(this.#redis instanceof Cluster)) return [];
    return this.#redis.nodes().map(({ options: { host = '', port = 0 } }) => ({ host, port }));
  }

  /**
   * Does some commands, within one deadline for all of them.
   * @throws StoreUnavailable where that fails for whatever reason; at once while Redis is known to be down.
   */
  async run<T>(commands: (redis: RedisCommands) => Promise<T>): Promise<T> {
    try {
      const answer = await withinDeadline(DEADLINE, this.#whenReady().then(commands));
      // Some node of a Cluster may have been gone; it is no reason for what fails next.
      this.#lastError = null;
      return answer;
    } catch (error) {
      // ioredis says no more than that there is no connection; what it said before tells why.
      const reason = error instanceof ReplyError ? error : (this.#lastError ?? error);
      throw redisFailure(reason, this.#address);
    }
  }

  /** Lets go, within a second even of a Redis that hangs. */
  async close(): Promise<void> {
    await closeClient(this.#redis, 1.5 * DISCONNECT_DEADLINE);
    this.#lastError ??= new Error('it was closed by this process');
  }

  async #whenReady(): Promise<RedisCommands> {
    await this.#attempt.promise;
    // A Cluster would keep the command for later, when nobody waits for its answer any more.
    if (this.#redis.status !== 'ready') throw this.#lastError ?? new Error('Connection is closed.');
    return this.#redis;
  }
}

/** That no node of a Cluster would say which slots are where, along with what the last of them said instead. */
function withLastNodeError(error: unknown): unknown {
  if (!(error instanceof Error) || !('lastNodeError' in error)) return error;
  const { lastNodeError } = error;
  return new Error(`${error.message} ${lastNodeError instanceof Error ? lastNodeError.message : ''}`);
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
