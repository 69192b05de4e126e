import type { EventEmitter } from 'node:events';

import { millis, withDeadline } from '#libs/tokens';
import { Cluster, ReplyError } from 'ioredis';

import type { RedisFiles } from '../files/redis-files.ts';
import type { Endpoint, RedisAddress } from './redis-address.ts';
import { closeClient, openClient, type RedisClient, type RedisCommands } from './redis-client.ts';
import { redisFailure } from './redis-failure.ts';
import { DEADLINE, DISCONNECT_DEADLINE } from './redis-options.ts';
import type { RefusedRights } from './refused-rights.ts';
import { SilenceCheck } from './silence-check.ts';

const commandTimedOut = () => new Error('Command timed out');

interface RedisConnectionOptions {
  readonly address: RedisAddress;
  readonly files: RedisFiles;
  /** The prefix of all keys and channels, for the remedies of errors. */
  readonly keyPrefix: string;
  /** Hears what the ACL of Redis refuses. */
  readonly refused: RefusedRights;
}

/** A client for commands that reconnects until it is closed, with one deadline for each group of commands. */
export class RedisConnection {
  readonly #address: RedisAddress;
  readonly #keyPrefix: string;
  readonly #redis: RedisClient;
  readonly #silence: SilenceCheck;
  readonly #refused: RefusedRights;
  /**
   * Resolves when the current attempt to connect succeeds or fails. Commands during the first attempt wait
   * for it.
   */
  #attempt = Promise.withResolvers<void>();
  #lastError: unknown = null;

  /** Starts to connect and returns at once. */
  constructor({ address, files, keyPrefix, refused }: RedisConnectionOptions) {
    this.#address = address;
    this.#keyPrefix = keyPrefix;
    this.#refused = refused;
    this.#silence = new SilenceCheck(address, files);
    this.#redis = openClient(address, files);
    this.#silence.expectAnswer();
    const events: EventEmitter = this.#redis;
    events.on('connecting', () => {
      this.#silence.expectAnswer();
      const attempt = Promise.withResolvers<void>();
      this.#attempt.resolve(attempt.promise);
      this.#attempt = attempt;
    });
    // With Sentinels, ioredis stays in "connecting" forever. The first error ends the attempt.
    events.on('error', (error: unknown) => {
      this.#lastError = withLastNodeError(error);
      this.#attempt.resolve();
    });
    events.on('node error', (error: unknown) => (this.#lastError = error));
    events.on('connect', () => (this.#lastError = null));
    events.on('ready', () => {
      // ioredis continues in database 0 if Redis refuses the requested one.
      if (this.#lastError === null || this.#redis instanceof Cluster) this.#attempt.resolve();
      else this.#redis.disconnect(true);
    });
    events.on('close', () => this.#attempt.resolve());
    events.on('end', () => this.#attempt.resolve());
  }

  get isCluster(): boolean {
    return this.#redis instanceof Cluster;
  }

  /** The known nodes of a Cluster; empty for other topologies. */
  get nodes(): readonly Endpoint[] {
    if (!(this.#redis instanceof Cluster)) return [];
    return this.#redis.nodes().map(({ options: { host = '', port = 0 } }) => ({ host, port }));
  }

  /**
   * Runs commands within one deadline of two seconds, connecting included.
   * @throws StoreUnavailable on any failure; at once while Redis is known to be down
   */
  async run<T>(commands: (redis: RedisCommands) => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      const answer = await withDeadline(DEADLINE, this.#whenReady().then(commands), commandTimedOut);
      // An earlier error of one Cluster node does not explain a later failure.
      this.#lastError = null;
      this.#silence.noteAnswer();
      return answer;
    } catch (error) {
      // ioredis reports only that there is no connection. Its earlier error has the reason.
      const reason = error instanceof ReplyError ? error : (this.#lastError ?? error);
      const left = millis(Math.max(0, DEADLINE - (performance.now() - began)));
      const cause = await this.#silence.explain(reason, left);
      this.#refused.note(cause);
      throw redisFailure(cause, { address: this.#address, keyPrefix: this.#keyPrefix });
    }
  }

  /** Disconnects, within a second even while Redis hangs. */
  async close(): Promise<void> {
    this.#silence.noteAnswer();
    await closeClient(this.#redis, 1.5 * DISCONNECT_DEADLINE);
    this.#lastError ??= new Error('it was closed by this process');
  }

  async #whenReady(): Promise<RedisCommands> {
    await this.#attempt.promise;
    // A Cluster client would queue the command past the deadline.
    if (this.#redis.status !== 'ready') throw this.#lastError ?? new Error('Connection is closed.');
    return this.#redis;
  }
}

/** Appends the reason of the last Cluster node, which ioredis keeps apart from its own message. */
function withLastNodeError(error: unknown): unknown {
  if (!(error instanceof Error) || !('lastNodeError' in error)) return error;
  const { lastNodeError } = error;
  return new Error(`${error.message} ${lastNodeError instanceof Error ? lastNodeError.message : ''}`);
}
