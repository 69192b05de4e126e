import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const COMMAND = 'redis-server';
/** In milliseconds. */
const START_DEADLINE = 20_000;
const MISSING =
  `These tests need a real Redis, and there is no ${COMMAND} on the PATH. Install one: ` +
  '`apt-get install redis-server` (Debian, Ubuntu), `dnf install redis` (Fedora), `brew install redis` (macOS).';

/** A `redis-server` process, which ends with the test process at the latest. */
export class RedisProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts a process and waits for a line of its log. */
  static async start(args: readonly string[], readyLine: string): Promise<RedisProcess> {
    const child = spawn(COMMAND, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const killOnExit = (): void => void child.kill('SIGKILL');
    process.once('exit', killOnExit);
    child.once('exit', () => process.off('exit', killOnExit));
    await isReady(child, readyLine);
    return new RedisProcess(child);
  }

  /** Kills the process with SIGKILL. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  /** Makes the process hang with SIGSTOP: connections stay open without answers. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }
}

/** Converts settings to arguments of redis-server. */
export const asArguments = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);

/** A free port below the ephemeral range, so that no outgoing connection takes it while Redis is down. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + randomInt(10_000);
    const probe = createServer().listen(port, '127.0.0.1');
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

function isReady(child: ChildProcess, readyLine: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${COMMAND} did not start in time. Its log:\n${log}`));
    }, START_DEADLINE);
    child.stdout?.on('data', (chunk: Buffer) => {
      if (log.includes(readyLine)) return;
      log += chunk.toString();
      if (!log.includes(readyLine)) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new Error('code' in error && error.code === 'ENOENT' ? MISSING : error.message));
    });
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`${COMMAND} ended at once. Its log:\n${log}`));
    });
  });
}
