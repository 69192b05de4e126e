import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The IMS sandbox or the token service as a child process. */
export class Child {
  readonly #process: ChildProcess;
  /** Resolves with the exit code when the process has ended: 1 after a signal. */
  readonly ended: Promise<number>;

  private constructor(process: ChildProcess) {
    this.#process = process;
    this.ended = once(process, 'exit').then(([code]: (number | null)[]) => code ?? 1);
  }

  /**
   * Starts a built program with this Node.js. `onLine` receives each line of its standard output. Its
   * standard error is that of this process.
   */
  static start(program: string, env: NodeJS.ProcessEnv, onLine: (line: string) => void): Child {
    const child = spawn(process.execPath, ['--disable-sigusr1', '--enable-source-maps', program], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: child.stdout }).on('line', onLine);
    return new Child(child);
  }

  stop(signal: NodeJS.Signals): void {
    if (this.#process.exitCode === null) this.#process.kill(signal);
  }
}
