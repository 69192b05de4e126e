import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { built } from './process.ts';

/** The program of `npm start` in a folder of its own, with free ports. */
export interface LocalDev {
  readonly folder: string;
  readonly serviceOrigin: string;
  readonly imsOrigin: string;
  /** Everything that it has printed so far. */
  output(): string;
  /** Sends SIGINT to the process group, as a terminal does for Ctrl-C, and resolves with the exit code. */
  ctrlC(): Promise<number | null>;
  close(): Promise<void>;
}

/** Starts the program and waits for its banner. With the folder of an earlier start it is a second start. */
export async function startLocalDev(existingFolder?: string): Promise<LocalDev> {
  const folder = existingFolder ?? (await mkdtemp(join(tmpdir(), 'local-dev-')));
  const child = spawn(process.execPath, [built('local-dev')], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0', IMS_SANDBOX_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const ended = once(child, 'close');
  const isUp = new Promise<void>((resolve, reject) => {
    const onOutput = (chunk: unknown): void => {
      output += String(chunk);
      if (output.includes('Ctrl-C stops everything')) resolve();
    };
    child.stdout.on('data', onOutput);
    child.stderr.on('data', onOutput);
    void ended.then(() => reject(new Error(`the local-dev program ended early:\n${output}`)));
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
