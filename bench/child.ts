import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { onExit } from './cleanup.ts';

const DEADLINE_MS = 60_000;
/** The line that every server prints. The character after the origin shows that the port is complete. */
const LISTENING = /listening on (http:\/\/[\d.:]+)[\s"]/;

interface ChildOptions {
  /** Arguments of Node.js, before the program. */
  readonly nodeArguments?: readonly string[];
  readonly programArguments?: readonly string[];
  /** The complete environment. The child does not inherit that of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A Node.js child process. Its standard output is read and discarded. It ends when this process ends. */
export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(program: string, { nodeArguments = [], programArguments = [], env = {} }: ChildOptions = {}) {
    const child = spawn(process.execPath, [...nodeArguments, program, ...programArguments], {
      env,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const cancelCleanup = onExit(() => child.kill('SIGKILL'));
    this.#process = child;
    this.#ended = once(child, 'exit').finally(cancelCleanup);
    this.#ended.catch(() => undefined);
  }

  /** Waits until the server listens, and returns its origin. */
  async listening(): Promise<string> {
    const { stdout } = this.#process;
    let text = '';
    const listening = new Promise<string>((resolve) => {
      stdout?.on('data', (chunk: Buffer) => {
        text += String(chunk);
        const origin = LISTENING.exec(text)?.[1];
        if (origin !== undefined) resolve(origin);
      });
    });
    const origin = await this.#orFail(listening, 'listen');
    stdout?.removeAllListeners('data').resume();
    return origin;
  }

  /** Sends a message over IPC and waits for the response. Send one at a time. */
  async request<T>(message: unknown): Promise<T> {
    const answer = once(this.#process, 'message') as Promise<[T]>;
    this.#process.send(message as object);
    return (await this.#orFail(answer, `answer ${JSON.stringify(message)}`))[0];
  }

  /** Makes a token service reload its credentials. */
  sendSighup(): void {
    this.#process.kill('SIGHUP');
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }

  async #orFail<T>(wanted: Promise<T>, what: string): Promise<T> {
    const { promise: failure, reject } = Promise.withResolvers<never>();
    const fail = (reason: string): void => reject(new Error(`a child process ${reason} (to ${what})`));
    const timer = setTimeout(fail, DEADLINE_MS, 'took too long');
    void this.#ended.then(() => fail('ended early'), fail);
    return Promise.race([wanted, failure]).finally(() => clearTimeout(timer));
  }
}
