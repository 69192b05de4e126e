import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { asArguments, freePort, RedisProcess } from './redis-process.ts';
import type { RedisTls } from './redis-tls.ts';

interface RedisServerOptions {
  readonly password?: string;
  /** Speaks TLS only, and wants a client certificate. */
  readonly tls?: RedisTls;
  /** Further settings of redis.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A real Redis on a free port of 127.0.0.1, without persistence. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #options: RedisServerOptions;
  #process: RedisProcess | null = null;

  private constructor(port: number, folder: string, options: RedisServerOptions) {
    this.port = port;
    this.#folder = folder;
    this.#options = options;
  }

  /** Starts a Redis and waits until it accepts connections. */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const folder = await mkdtemp(join(tmpdir(), 'redis-'));
    const server = new RedisServer(await freePort(), folder, options);
    await server.restart();
    return server;
  }

  get url(): string {
    const { password, tls } = this.#options;
    return `${tls === undefined ? 'redis' : 'rediss'}://${password === undefined ? '' : `:${encodeURIComponent(password)}@`}127.0.0.1:${this.port}`;
  }

  /** Kills the process with SIGKILL. */
  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = null;
    await running?.kill();
  }

  /** Makes Redis hang with SIGSTOP: connections stay open without answers. */
  pause(): void {
    this.#process?.pause();
  }

  resume(): void {
    this.#process?.resume();
  }

  /** Kills Redis and starts an empty one on the same port. */
  async restart(): Promise<void> {
    await this.kill();
    const { password, tls, settings } = this.#options;
    const port = String(this.port);
    const all = {
      ...(tls === undefined ? { port } : { port: '0', 'tls-port': port, ...tls.settings }),
      bind: '127.0.0.1',
      save: '',
      appendonly: 'no',
      dir: this.#folder,
      ...(password !== undefined && { requirepass: password }),
      ...settings,
    };
    this.#process = await RedisProcess.start(asArguments(all), 'Ready to accept connections');
  }

  /** Kills Redis and deletes its folder. */
  async stop(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
