import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { built } from './process.ts';

/** The production process, as `npm run start:prod` starts it, with exactly this environment. */
export class ServiceProcess {
  readonly origin: string;
  /** Everything it logged so far. */
  readonly logLines: string[];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, origin: string, logLines: string[]) {
    this.#child = child;
    this.origin = origin;
    this.logLines = logLines;
  }

  /** Starts one on a free port and waits until it listens. */
  static async start(env: Record<string, string>): Promise<ServiceProcess> {
    const child = spawn(process.execPath, ['--enable-source-maps', built('token-service')], {
      env: { HOST: '127.0.0.1', PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const logLines: string[] = [];
    let complaints = '';
    child.stderr.on('data', (chunk) => (complaints += String(chunk)));
    const origin = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        logLines.push(line);
        if (line.includes('"event":"listening"')) resolve((JSON.parse(line) as { origin: string }).origin);
      });
      child.once('exit', (code) => reject(new Error(`the service ended early with ${code}: ${complaints}`)));
    });
    return new ServiceProcess(child, origin, logLines);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Asks it to stop and waits for its end. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    return this.#child.exitCode;
  }
}
