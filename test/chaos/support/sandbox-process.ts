import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { endWithUs } from '../../support/end-with-us.ts';
import { built } from '../../support/process.ts';

/** What a test lets IMS do wrong; see `PUT /sandbox/faults`. */
export interface ImsFault {
  readonly kind: 'latency' | 'status' | 'html' | 'hang' | 'drop' | 'malformed';
  readonly status?: number;
  readonly retryAfter?: number;
  readonly latencyMs?: number;
  readonly times?: number;
}

interface Ledger {
  readonly byClient: Readonly<Record<string, { readonly issued: number; readonly requests: number }>>;
}

/** The IMS sandbox as a process of its own, so that its load is not the test's. */
export class SandboxProcess {
  readonly origin: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, origin: string) {
    this.#child = child;
    this.origin = origin;
  }

  static async start(): Promise<SandboxProcess> {
    const child = spawn(process.execPath, [built('ims-sandbox')], {
      env: { IMS_SANDBOX_PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    endWithUs(child);
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return new SandboxProcess(child, line.slice(line.indexOf('http')));
  }

  /** Sends a JSON body to the sandbox's control. */
  async control(method: string, path: string, body?: unknown): Promise<string> {
    const sent = body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const answer = await fetch(`${this.origin}/sandbox${path}`, { method, ...sent });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: ${text}`);
    return text;
  }

  async tokensLive(seconds: number): Promise<void> {
    await this.control('PUT', '/settings', { tokenLifetimeSeconds: seconds });
  }

  async misbehave(...faults: readonly ImsFault[]): Promise<void> {
    await this.control('PUT', '/faults', { faults });
  }

  async behave(): Promise<void> {
    await this.control('DELETE', '/faults');
  }

  /** How many requests each client made, and how many tokens it got. */
  async ledger(): Promise<Ledger['byClient']> {
    return (JSON.parse(await this.control('GET', '/requests')) as Ledger).byClient;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
