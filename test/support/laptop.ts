import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { built } from './process.ts';

/** What `npm start` starts, in a folder of its own and on free ports. */
export interface Laptop {
  readonly folder: string;
  readonly serviceOrigin: string;
  readonly imsOrigin: string;
  /** Everything it printed so far. */
  output(): string;
  /** Sends Ctrl-C's signal to the whole group, as a terminal does, and waits for the end. */
  ctrlC(): Promise<number | null>;
  close(): Promise<void>;
}

/** Runs the laptop program until its banner is there. Same folder again: a second start. */
export async function startLaptop(at?: string): Promise<Laptop> {
  const folder = at ?? (await mkdtemp(join(tmpdir(), 'laptop-')));
  const child = spawn(process.execPath, [built('laptop')], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0', IMS_SANDBOX_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const ended = once(child, 'close');
  const isUp = new Promise<void>((resolve, reject) => {
    const hear = (chunk: unknown): void => {
      output += String(chunk);
      if (output.includes('Ctrl-C stops everything')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then(() => reject(new Error(`the laptop program ended early:\n${output}`)));
  });
  await isUp;
  const originAfter = (label: string): string =>
    new RegExp(`${label}\\s+(http://\\S+)`).exec(output)?.[1] ?? '';
  const signal = async (name: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, name);
    await ended;
    return child.exitCode;
  };
  return {
    folder,
    serviceOrigin: originAfter('Token service'),
    imsOrigin: originAfter('IMS sandbox'),
    output: () => output,
    ctrlC: () => signal('SIGINT'),
    async close() {
      await signal('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
