import type { Redis } from 'ioredis';

/** Counts the commands that clients send to a Redis from now on. */
export class RedisCommands {
  readonly #counts = new Map<string, number>();

  static async count(redis: Redis): Promise<RedisCommands> {
    const commands = new RedisCommands();
    const monitor = await redis.duplicate().monitor();
    redis.on('end', () => monitor.disconnect());
    // Commands that scripts run inside Redis are not commands of a client.
    monitor.on('monitor', (_time: string, [command = '']: string[], source: string) => {
      if (source !== 'lua') commands.#note(command.toLowerCase());
    });
    return commands;
  }

  /** How often each command was sent. */
  get soFar(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  startOver(): void {
    this.#counts.clear();
  }

  #note(command: string): void {
    this.#counts.set(command, (this.#counts.get(command) ?? 0) + 1);
  }
}
