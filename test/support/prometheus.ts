import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';

import { endWithUs } from './end-with-us.ts';

interface Answer {
  readonly status: 'success' | 'error';
  readonly error?: string;
  readonly data?: { readonly result: readonly unknown[] };
}

/** A Prometheus that looks at one service, and at these rules, every second. */
export class PrometheusServer {
  readonly #child: ChildProcess;
  readonly #origin: string;
  readonly #folder: string;

  private constructor(child: ChildProcess, origin: string, folder: string) {
    this.#child = child;
    this.#origin = origin;
    this.#folder = folder;
  }

  /** Starts one on a free port and waits until it listens. It ends with the tests at the latest. */
  static async start(target: { origin: string; key: string; rules: URL }): Promise<PrometheusServer> {
    const folder = await mkdtemp(join(tmpdir(), 'ims-token-prometheus-'));
    const config = join(folder, 'prometheus.yml');
    const rules = await readFile(target.rules, 'utf8');
    await writeFile(join(folder, 'rules.yml'), rules.replaceAll(/^( +interval:).*$/gm, '$1 1s'));
    await writeFile(
      config,
      stringify({
        global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
        rule_files: ['rules.yml'],
        scrape_configs: [
          {
            job_name: 'tokens',
            authorization: { credentials: target.key },
            static_configs: [{ targets: [new URL(target.origin).host] }],
          },
        ],
      }),
    );
    const args = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`];
    const child = spawn('prometheus', [...args, '--web.listen-address=127.0.0.1:0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    endWithUs(child);
    const origin = await listening(child);
    return new PrometheusServer(child, origin, folder);
  }

  /** The series an expression has now. @throws Error with Prometheus's words where it does not take it */
  async query(expression: string): Promise<readonly unknown[]> {
    const answer = await fetch(`${this.#origin}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { status, error, data } = (await answer.json()) as Answer;
    if (status === 'error') throw new Error(`${error}: ${expression}`);
    return data?.result ?? [];
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
    await rm(this.#folder, { recursive: true });
  }
}

const READY = 'Server is ready to receive web requests';

/** Where it listens, from its log, once it answers; its whole log in the error where it ends instead. */
function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    if (child.stderr === null) throw new Error('prometheus has no log to read');
    let log = '';
    createInterface({ input: child.stderr }).on('line', (line) => {
      log += `${line}\n`;
      const address = /msg="Listening on" address=(\S+)/.exec(log)?.[1];
      if (address !== undefined && log.includes(READY)) resolve(`http://${address}`);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`prometheus ended with ${code}. It said:\n${log}`)));
  });
}
