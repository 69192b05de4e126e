import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

import { endWithUs } from './end-with-us.ts';
import { built } from './process.ts';

interface ServiceProcessOptions {
  /** A module that Node loads before the service, and that `tell` talks to. */
  readonly preload?: URL;
  /** The limit of open files, as `ulimit -n` sets it. Unset: that of the tests. */
  readonly openFiles?: number;
}

interface Parts {
  readonly child: ChildProcess;
  readonly origin: string;
  readonly log: Interface;
  readonly logLines: string[];
  readonly complaints: string[];
}

/** The production process, as `npm run start:prod` starts it, with exactly this environment. */
export class ServiceProcess {
  readonly origin: string;
  /** Everything it logged so far. */
  readonly logLines: string[];
  readonly #child: ChildProcess;
  readonly #log: Interface;
  readonly #complaints: string[];

  private constructor(parts: Parts) {
    this.#child = parts.child;
    this.origin = parts.origin;
    this.logLines = parts.logLines;
    this.#log = parts.log;
    this.#complaints = parts.complaints;
  }

  /** Starts one on a free port and waits until it listens. It ends with the tests at the latest. */
  static async start(
    env: Record<string, string>,
    { preload, openFiles }: ServiceProcessOptions = {},
  ): Promise<ServiceProcess> {
    const args = [
      '--disable-sigusr1',
      '--enable-source-maps',
      ...(preload === undefined ? [] : ['--import', preload.href]),
    ];
    const limit = openFiles === undefined ? '' : `ulimit -n ${openFiles}; `;
    const command = [process.execPath, ...args, built('token-service')];
    const child = spawn('sh', ['-c', `${limit}exec "$@"`, 'sh', ...command], {
      env: { HOST: '127.0.0.1', PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe', ...(preload === undefined ? [] : ['ipc' as const])],
    });
    endWithUs(child);
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null) throw new Error('the service has no output to read');
    const logLines: string[] = [];
    const complaints: string[] = [];
    stderr.on('data', (chunk) => complaints.push(String(chunk)));
    const log = createInterface({ input: stdout });
    const origin = await new Promise<string>((resolve, reject) => {
      log.on('line', (line) => {
        logLines.push(line);
        if (line.includes('"event":"listening"')) resolve((JSON.parse(line) as { origin: string }).origin);
      });
      child.once('exit', (code) =>
        reject(new Error(`the service ended early with ${code}: ${complaints.join('')}`)),
      );
    });
    return new ServiceProcess({ child, origin, log, logLines, complaints });
  }

  /** Everything it wrote to standard error so far. */
  get complaints(): string {
    return this.#complaints.join('');
  }

  /** Stops reading its log, so that the pipe fills up. */
  pauseReading(): void {
    this.#log.pause();
  }

  resumeReading(): void {
    this.#log.resume();
  }

  /** Closes the reading end of its log for good. */
  closeLog(): void {
    this.#child.stdout?.destroy();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Tells the preloaded module something and waits for its answer. */
  async tell(message: Record<string, number>): Promise<unknown> {
    const answered = once(this.#child, 'message');
    this.#child.send(message);
    const [answer] = (await answered) as unknown[];
    return answer;
  }

  /** Asks it to stop and waits for its end. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** Waits until everything that it wrote to its log is read. It must have ended, or end soon. */
  async readToEnd(): Promise<void> {
    if (this.#child.stdout?.readableEnded !== true) await once(this.#log, 'close');
  }

  /** Ends it as a crash would, even while it is paused. */
  kill(): Promise<number | null> {
    return this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill(signal);
      await exited;
    }
    return this.#child.exitCode;
  }
}
