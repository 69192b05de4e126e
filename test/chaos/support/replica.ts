import { Agent } from 'node:http';

import { ServiceProcess } from '../../support/service-process.ts';
import { ask } from './ask.ts';
import { KEY } from './site.ts';

const SHIFTED_CLOCK = new URL('shifted-clock.ts', import.meta.url);

interface ReplicaOptions {
  readonly env: Record<string, string>;
  /** Whether its clock can be set off. */
  readonly hasShiftedClock: boolean;
}

/** One place for a process of the service; the process in it may be killed, paused and replaced. */
export class Replica {
  readonly #options: ReplicaOptions;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #earlierLines: string[] = [];
  #process: ServiceProcess | null = null;

  constructor(options: ReplicaOptions) {
    this.#options = options;
  }

  /** @param env what is to be different from now on */
  async start(env: Record<string, string> = {}): Promise<void> {
    Object.assign(this.#options.env, env);
    this.#process = await ServiceProcess.start(
      this.#options.env,
      this.#options.hasShiftedClock ? { preload: SHIFTED_CLOCK } : {},
    );
  }

  /** Everything that was logged here, by earlier processes too. */
  get logLines(): readonly string[] {
    return [...this.#earlierLines, ...(this.#process?.logLines ?? [])];
  }

  /** Where to find it: changes with every process; null while there is none. */
  get origin(): string | null {
    return this.#process?.origin ?? null;
  }

  /** One request of the caller, over connections that are kept. */
  get(path: string, patience?: number): ReturnType<typeof ask> {
    const { origin } = this;
    if (origin === null) return Promise.reject(new Error('nobody is there'));
    return ask(`${origin}${path}`, {
      agent: this.#agent,
      key: KEY,
      ...(patience !== undefined && { patience }),
    });
  }

  /** A metric without labels, or with exactly these; NaN where there is none. */
  async metric(name: string): Promise<number> {
    const { text } = await this.get('/metrics');
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? NaN);
  }

  /** As a crash does. */
  async kill(): Promise<void> {
    await this.#leave((process) => process.kill());
  }

  /** As an orchestrator does. */
  async stop(): Promise<void> {
    await this.#leave((process) => process.stop());
  }

  /** Lets it hang: it takes connections and answers none. */
  pause(): void {
    this.#process?.signal('SIGSTOP');
  }

  resume(): void {
    this.#process?.signal('SIGCONT');
  }

  async setClockOff(clockOffsetMs: number): Promise<void> {
    await this.#process?.tell({ clockOffsetMs });
  }

  async #leave(end: (process: ServiceProcess) => Promise<unknown>): Promise<void> {
    const leaving = this.#process;
    if (leaving === null) return;
    await end(leaving);
    this.#earlierLines.push(...leaving.logLines);
    this.#process = null;
  }
}
