import { Redis } from 'ioredis';

/** Counts the commands that a Redis executes from now on, by its statistics, without those of the count. */
export class RedisCommands {
  readonly #redis: Redis;
  readonly #before: ReadonlyMap<string, number>;

  private constructor(redis: Redis, before: ReadonlyMap<string, number>) {
    this.#redis = redis;
    this.#before = before;
  }

  static async count(redis: Redis): Promise<RedisCommands> {
    return new RedisCommands(redis, await calls(redis));
  }

  /** How often each command was carried out since, within scripts too. */
  async soFar(): Promise<ReadonlyMap<string, number>> {
    const now = await calls(this.#redis);
    const since = [...now].map(([name, count]) => [name, count - (this.#before.get(name) ?? 0)] as const);
    return new Map(since.filter(([name, count]) => count > 0 && name !== 'info'));
  }
}

async function calls(redis: Redis): Promise<ReadonlyMap<string, number>> {
  const lines = (await redis.info('commandstats')).matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm);
  return new Map([...lines].map(([, name = '', count]) => [name, Number(count)]));
}
