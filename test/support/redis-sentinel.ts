import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { eventually } from './eventually.ts';
import { freePort, RedisProcess } from './redis-process.ts';
import { RedisServer } from './redis-server.ts';

const MASTER = 'main';
const SENTINELS = 3;
const REPLICA_SETTINGS = { 'repl-diskless-sync-delay': '0' };

interface SentinelOptions {
  /** What the Sentinels themselves ask for. */
  readonly password?: string;
  /** In milliseconds: how soon a master that does not answer is replaced. */
  readonly downAfter?: number;
}

/** A master, two replicas and three Sentinels, as real processes of a test's own. */
export class RedisSentinels {
  readonly #folder: string;
  readonly #servers: readonly RedisServer[];
  readonly #sentinels: readonly RedisProcess[];
  readonly #ports: readonly number[];
  readonly #password: string | undefined;

  private constructor(
    folder: string,
    servers: readonly RedisServer[],
    sentinels: readonly RedisProcess[],
    ports: readonly number[],
    password: string | undefined,
  ) {
    this.#folder = folder;
    this.#servers = servers;
    this.#sentinels = sentinels;
    this.#ports = ports;
    this.#password = password;
  }

  /** Starts them and waits until the Sentinels know all replicas and each other. */
  static async start({ password, downAfter = 15_000 }: SentinelOptions = {}): Promise<RedisSentinels> {
    const folder = await mkdtemp(join(tmpdir(), 'redis-sentinel-'));
    const master = await RedisServer.start({ settings: REPLICA_SETTINGS });
    const settings = { ...REPLICA_SETTINGS, replicaof: `127.0.0.1 ${master.port}` };
    const replicas = await Promise.all([RedisServer.start({ settings }), RedisServer.start({ settings })]);
    const ports = await Promise.all(Array.from({ length: SENTINELS }, freePort));
    const sentinels = await Promise.all(
      ports.map(async (port) => {
        const file = join(folder, `${port}.conf`);
        await writeFile(file, configuration(port, folder, master.port, downAfter, password));
        return RedisProcess.start([file, '--sentinel'], 'Sentinel ID is');
      }),
    );
    const group = new RedisSentinels(folder, [master, ...replicas], sentinels, ports, password);
    await Promise.all(ports.map((port) => group.#knowsAll(port)));
    return group;
  }

  get url(): string {
    const hosts = this.#ports.map((port) => `127.0.0.1:${port}`).join(',');
    const login =
      this.#password === undefined ? '' : `?sentinelPassword=${encodeURIComponent(this.#password)}`;
    return `redis+sentinel://${hosts}/${MASTER}${login}`;
  }

  /** The server that the Sentinels call master at the moment. */
  async master(): Promise<RedisServer> {
    const [port] = this.#ports;
    const [, masterPort] = await this.#ask(
      port ?? 0,
      (redis) => redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER) as Promise<string[]>,
    );
    const master = this.#servers.find((server) => String(server.port) === masterPort);
    if (master === undefined) throw new Error('the Sentinels know no master');
    return master;
  }

  /** Waits until the master has a replica that could take its place. */
  async isWell(): Promise<void> {
    await eventually(
      async () => {
        const redis = new Redis((await this.master()).url);
        return redis.info('replication').finally(() => redis.disconnect());
      },
      (said) => /state=online/.test(said),
    );
  }

  /** Ends the first Sentinels that the URL names. */
  async killSentinels(count: number): Promise<void> {
    await Promise.all(this.#sentinels.slice(0, count).map((sentinel) => sentinel.kill()));
  }

  /** Ends all and cleans up. */
  async stop(): Promise<void> {
    await Promise.all(this.#sentinels.map((sentinel) => sentinel.kill()));
    await Promise.all(this.#servers.map((server) => server.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #knowsAll(port: number): Promise<void> {
    await eventually(
      () =>
        this.#ask(port, async (redis) => {
          const flat = (await redis.call('SENTINEL', 'MASTER', MASTER)) as string[];
          const value = (name: string) => flat[flat.indexOf(name) + 1];
          return [value('num-slaves'), value('num-other-sentinels')].join(' ');
        }),
      (known) => known === `${this.#servers.length - 1} ${SENTINELS - 1}`,
    );
  }

  async #ask<T>(port: number, question: (redis: Redis) => Promise<T>): Promise<T> {
    const login = this.#password === undefined ? {} : { password: this.#password };
    const redis = new Redis({ host: '127.0.0.1', port, ...login, enableReadyCheck: false });
    try {
      return await question(redis);
    } finally {
      redis.disconnect();
    }
  }
}

function configuration(
  port: number,
  folder: string,
  master: number,
  downAfter: number,
  password: string | undefined,
): string {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${MASTER} 127.0.0.1 ${master} 2`,
    `sentinel down-after-milliseconds ${MASTER} ${downAfter}`,
    `sentinel failover-timeout ${MASTER} 3000`,
    ...(password === undefined ? [] : [`requirepass ${password}`, `sentinel sentinel-pass ${password}`]),
    '',
  ].join('\n');
}
