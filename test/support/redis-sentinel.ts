import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Redis } from 'ioredis';

import { eventually } from './eventually.ts';
import { freePort, RedisProcess } from './redis-process.ts';
import { RedisServer } from './redis-server.ts';
import type { RedisTls } from './redis-tls.ts';

const MASTER = 'main';
const SENTINELS = 3;
const REPLICA_SETTINGS = { 'repl-diskless-sync-delay': '0' };

interface SentinelOptions {
  /** The password of the Sentinels, not of Redis. */
  readonly password?: string;
  /** Time until a master without answers is replaced, in milliseconds. */
  readonly downAfter?: number;
  /** Redis and the Sentinels speak TLS only, and want a client certificate. */
  readonly tls?: RedisTls;
}

/** A real master with two replicas and three Sentinels. */
export class RedisSentinels {
  readonly #folder: string;
  readonly #servers: readonly RedisServer[];
  readonly #sentinels: readonly RedisProcess[];
  readonly #ports: readonly number[];
  readonly #password: string | undefined;
  readonly #tls: RedisTls | undefined;

  private constructor(
    folder: string,
    servers: readonly RedisServer[],
    sentinels: readonly RedisProcess[],
    ports: readonly number[],
    { password, tls }: SentinelOptions,
  ) {
    this.#tls = tls;
    this.#folder = folder;
    this.#servers = servers;
    this.#sentinels = sentinels;
    this.#ports = ports;
    this.#password = password;
  }

  /** Starts all processes and waits until the Sentinels know all replicas and each other. */
  static async start(options: SentinelOptions = {}): Promise<RedisSentinels> {
    const { tls } = options;
    const folder = await mkdtemp(join(tmpdir(), 'redis-sentinel-'));
    const master = await RedisServer.start({ ...(tls && { tls }), settings: REPLICA_SETTINGS });
    const settings = { ...REPLICA_SETTINGS, replicaof: `127.0.0.1 ${master.port}` };
    const replica = { ...(tls && { tls }), settings };
    const replicas = await Promise.all([RedisServer.start(replica), RedisServer.start(replica)]);
    const ports = await Promise.all(Array.from({ length: SENTINELS }, freePort));
    const sentinels = await Promise.all(
      ports.map(async (port) => {
        const file = join(folder, `${port}.conf`);
        await writeFile(file, configuration(port, folder, master.port, options));
        return RedisProcess.start([file, '--sentinel'], 'Sentinel ID is');
      }),
    );
    const group = new RedisSentinels(folder, [master, ...replicas], sentinels, ports, options);
    await Promise.all(ports.map((port) => group.#knowsAll(port)));
    return group;
  }

  get url(): string {
    const hosts = this.#ports.map((port) => `127.0.0.1:${port}`).join(',');
    const login =
      this.#password === undefined ? '' : `?sentinelPassword=${encodeURIComponent(this.#password)}`;
    return `${this.#tls === undefined ? 'redis' : 'rediss'}+sentinel://${hosts}/${MASTER}${login}`;
  }

  /** The current master according to one Sentinel, by default the first. */
  async master(port = this.#ports[0] ?? 0): Promise<RedisServer> {
    const [, masterPort] = await this.#ask(
      port,
      (redis) => redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER) as Promise<string[]>,
    );
    const master = this.#servers.find((server) => String(server.port) === masterPort);
    if (master === undefined) throw new Error('the Sentinels know no master');
    return master;
  }

  /**
   * Waits until all Sentinels name the same master, and all other servers are its replicas. Before that, a
   * resumed old master takes writes that are lost once Sentinel makes it a replica.
   */
  async isWell(): Promise<void> {
    await eventually(
      async () => {
        const masters = await Promise.all(this.#ports.map((port) => this.master(port)));
        if (new Set(masters).size > 1) return '';
        const tls = this.#tls ? { tls: this.#tls.client } : {};
        const redis = new Redis((await this.master()).url, { ...tls, retryStrategy: () => null });
        redis.on('error', () => undefined);
        return redis
          .info('replication')
          .catch(String)
          .finally(() => redis.disconnect());
      },
      (info) => info.match(/state=online/g)?.length === this.#servers.length - 1,
    );
  }

  /** Kills the first Sentinels of the URL. */
  async killSentinels(count: number): Promise<void> {
    await Promise.all(this.#sentinels.slice(0, count).map((sentinel) => sentinel.kill()));
  }

  /** Stops all processes and deletes their folders. */
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

  async #ask<T>(port: number, query: (redis: Redis) => Promise<T>): Promise<T> {
    const login = this.#password === undefined ? {} : { password: this.#password };
    const redis = new Redis({
      host: '127.0.0.1',
      port,
      ...login,
      enableReadyCheck: false,
      ...(this.#tls && { tls: this.#tls.client }),
    });
    try {
      return await query(redis);
    } finally {
      redis.disconnect();
    }
  }
}

function configuration(
  port: number,
  folder: string,
  master: number,
  { password, downAfter = 15_000, tls }: SentinelOptions,
): string {
  const secured = Object.entries(tls?.settings ?? {}).map((setting) => setting.join(' '));
  return [
    ...(tls === undefined ? [`port ${port}`] : ['port 0', `tls-port ${port}`, ...secured]),
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${MASTER} 127.0.0.1 ${master} 2`,
    `sentinel down-after-milliseconds ${MASTER} ${downAfter}`,
    `sentinel failover-timeout ${MASTER} 3000`,
    ...(password === undefined ? [] : [`requirepass ${password}`, `sentinel sentinel-pass ${password}`]),
    '',
  ].join('\n');
}
