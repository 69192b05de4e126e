import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { atTheEnd } from './leftovers.ts';

const DEADLINE_MS = 60_000;
/** All three servers say it in these words; what follows tells that the port is complete. */
const LISTENING = /listening on (http:\/\/[\d.:]+)[\s"]/;

interface ChildOptions {
  /** For Node itself, before the program. */
  readonly nodeArguments?: readonly string[];
  readonly programArguments?: readonly string[];
  /** The whole environment: nothing of ours is handed on. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A Node process of this run. Its standard output is a pipe that is read and thrown away; it ends with us. */
export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(program: string, { nodeArguments = [], programArguments = [], env = {} }: ChildOptions = {}) {
    const child = spawn(process.execPath, [...nodeArguments, program, ...programArguments], {
      env,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const callOff = atTheEnd(() => child.kill('SIGKILL'));
    this.#process = child;
    this.#ended = once(child, 'exit').finally(callOff);
    this.#ended.catch(() => undefined);
  }

  /** Where it listens, once it says so. */
  async listening(): Promise<string> {
    const { stdout } = this.#process;
    let text = '';
    const said = new Promise<string>((resolve) => {
      stdout?.on('data', (chunk: Buffer) => {
        text += String(chunk);
        const origin = LISTENING.exec(text)?.[1];
        if (origin !== undefined) resolve(origin);
      });
    });
    const origin = await this.#orFail(said, 'listen');
    stdout?.removeAllListeners('data').resume();
    return origin;
  }

  /** Sends a question over IPC and waits for the answer; one at a time. */
  async ask<T>(question: unknown): Promise<T> {
    const answer = once(this.#process, 'message') as Promise<[T]>;
    this.#process.send(question as object);
    return (await this.#orFail(answer, `answer ${JSON.stringify(question)}`))[0];
  }

  /** Says that something was changed: `SIGHUP`. */
  hangUp(): void {
    this.#process.kill('SIGHUP');
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  async #orFail<T>(wanted: Promise<T>, what: string): Promise<T> {
    const { promise: failure, reject } = Promise.withResolvers<never>();
    const fail = (reason: string): void => reject(new Error(`a benchmark's process ${reason} (to ${what})`));
    const timer = setTimeout(fail, DEADLINE_MS, 'took too long');
    void this.#ended.then(() => fail('ended early'), fail);
    return Promise.race([wanted, failure]).finally(() => clearTimeout(timer));
  }
}
