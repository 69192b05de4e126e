import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../dist/apps/ims-sandbox/src/main.js', import.meta.url));

/** The built sandbox in its own process, with no other environment variables than those of the test. */
export class SandboxProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  stdout = '';
  stderr = '';

  constructor(env: Record<string, string>) {
    if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run npm run build first.`);
    this.#child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = once(this.#child, 'close');
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    onTestFinished(async () => {
      this.#child.kill('SIGKILL');
      await this.#ended;
    });
  }

  /** Waits until the sandbox listens, and returns the origin that it prints. */
  async listening(): Promise<string> {
    while (!this.stdout.includes('\n')) {
      const ended = await Promise.race([
        this.#ended.then(() => true),
        once(this.#child.stdout ?? this.#child, 'data').then(() => false),
      ]);
      if (ended) throw new Error(`The sandbox ended: ${this.stderr}`);
    }
    return /^IMS sandbox listening on (\S+)\n$/.exec(this.stdout)?.[1] ?? `unexpected: ${this.stdout}`;
  }

  signal(name: 'SIGINT' | 'SIGTERM'): void {
    this.#child.kill(name);
  }

  async exitCode(): Promise<number | null> {
    await this.#ended;
    return this.#child.exitCode;
  }
}
