import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const COMMAND = 'redis-server';
const START_DEADLINE = 20_000;
const MISSING =
  `These tests need a real Redis, and there is no ${COMMAND} on the PATH. Install one: ` +
  '`apt-get install redis-server` (Debian, Ubuntu), `dnf install redis` (Fedora), `brew install redis` (macOS).';

/** A `redis-server` process: it ends with the tests at the latest. */
export class RedisProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts one and waits until its log says that it is ready. */
  static async start(args: readonly string[], readyLine: string): Promise<RedisProcess> {
    const child = spawn(COMMAND, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const endWithUs = (): void => void child.kill('SIGKILL');
    process.once('exit', endWithUs);
    child.once('exit', () => process.off('exit', endWithUs));
    await isReady(child, readyLine);
    return new RedisProcess(child);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  /** Lets it hang: connections stay open, and nothing is answered. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }
}

/** Settings as arguments of redis-server. */
export const asArguments = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);

/** Below the range from which systems lend ports to outgoing connections: nobody may take it while Redis is down. */
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
      reject(new Error(`${COMMAND} did not start in time. It said:\n${log}`));
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
      reject(new Error(`${COMMAND} ended at once. It said:\n${log}`));
    });
  });
}
