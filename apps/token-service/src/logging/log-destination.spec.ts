import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync, write } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { LogMetrics } from '../metrics/log-metrics.ts';
import { OutputStream } from './log-destination.ts';

// Real writes, counted.
vi.mock('node:fs', { spy: true });

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const CHUNK = Buffer.alloc(64 * 1024);

let folder: string;
let errorFd: number;

beforeEach(async () => {
  vi.mocked(write).mockClear();
  folder = await mkdtemp(join(tmpdir(), 'ims-log-'));
  errorFd = openSync(join(folder, 'stderr'), 'w');
});

afterEach(async () => {
  closeSync(errorFd);
  await rm(folder, { recursive: true });
});

const complaints = (): string => readFileSync(join(folder, 'stderr'), 'utf8');
const writes = (): number => vi.mocked(write).mock.calls.length;

/** Waits on a condition, in steps that are short enough to empty a pipe of many megabytes. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await delay(1);
}

async function metrics(output: OutputStream): Promise<string[]> {
  const registry = new Registry();
  new LogMetrics(registry, output).onModuleInit();
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith('ims_'));
}

/** What a line `log.dropped` says. */
interface Report {
  readonly lines: number;
  readonly refusals: number;
}

/** A pipe whose reader reads when told to, and which tells the writer to try again or keeps it waiting. */
class Pipe {
  readonly writer: number;
  readonly #reader: number;
  readonly #chunks: Buffer[] = [];

  constructor(flags: number) {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    this.#reader = openSync(path, O_RDONLY | O_NONBLOCK);
    this.writer = openSync(path, O_WRONLY | flags);
  }

  /** Everything that was read so far. */
  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  /** Reads until the writer has written everything. */
  async drain(output: OutputStream): Promise<void> {
    let isClosed = false;
    const closed = output.close().then(() => (isClosed = true));
    await until(() => {
      this.#read();
      return isClosed;
    });
    await closed;
    this.#read();
  }

  /** Reads until it has read a text. */
  readUntil(text: string): Promise<void> {
    return until(() => {
      this.#read();
      return Buffer.concat(this.#chunks.slice(-3)).includes(text);
    });
  }

  closeReader(): void {
    closeSync(this.#reader);
  }

  /** Reads what is in the pipe now. */
  #read(): void {
    try {
      for (let size = 1; size > 0;) {
        size = readSync(this.#reader, CHUNK);
        this.#chunks.push(Buffer.from(CHUNK.subarray(0, size)));
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

describe('the log, into a pipe that is full', () => {
  it.each([
    ['non-blocking', O_NONBLOCK, () => writes() > 30],
    ['blocking', 0, (output: OutputStream) => writes() > 1 && output.isBlocked],
  ])('waits for the reader if the pipe is %s: each line arrives once and whole', async (_, flags, isFull) => {
    const pipe = new Pipe(flags);
    const output = new OutputStream(pipe.writer, errorFd);
    const lines = Array.from({ length: 5000 }, (_, number) => `${number} ${'é'.repeat(number % 97)}\n`);
    for (const line of lines) output.gather(line);
    output.write(`${'long '.repeat(50_000)}\n`);
    await until(() => isFull(output));
    await pipe.drain(output);
    expect(pipe.text).toBe(`${lines.join('')}${'long '.repeat(50_000)}\n`);
    expect(await metrics(output)).toEqual(['ims_log_up 1', 'ims_log_dropped_lines_total 0']);
    expect(complaints()).toBe('');
  });

  it('drops expendable lines long before others, and says how many', async () => {
    const pipe = new Pipe(O_NONBLOCK);
    const output = new OutputStream(pipe.writer, errorFd);
    const count = 10_000;
    const kept = (number: number): string => `kept ${number} ${'x'.repeat(200)}\n`;
    for (let number = 0; number < count; number += 1) {
      output.gather(kept(number));
      output.gather(`expendable ${number} ${'x'.repeat(200)}\n`, 'expendable');
    }
    const dropped = output.droppedLines;
    await pipe.drain(output);
    const lines = pipe.text.split('\n').filter(Boolean);
    expect(lines.filter((line) => line.startsWith('kept '))).toHaveLength(count);
    expect(lines.filter((line) => line.startsWith('expendable '))).toHaveLength(count - dropped);
    expect(dropped).toBeGreaterThan(count / 2);
    const reports = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Report);
    expect(reports.map(({ lines: all, refusals }) => all - refusals)).toEqual(reports.map(() => 0));
    expect(reports.reduce((sum, { refusals }) => sum + refusals, 0)).toBe(dropped);
  });

  it('commits a line once the reader has taken all before it', async () => {
    const pipe = new Pipe(O_NONBLOCK);
    const output = new OutputStream(pipe.writer, errorFd);
    expect(await output.commit('first\n')).toBe(true);
    output.gather(`${'long '.repeat(50_000)}\n`);
    let isWritten = false;
    const committed = output.commit('last\n').then((written) => (isWritten = written));
    await until(() => writes() > 30);
    expect(isWritten).toBe(false);
    await pipe.readUntil('last\n');
    expect(await committed).toBe(true);
    await pipe.drain(output);
  });

  it('drops what exceeds the backlog, counts the lines, and says so where they are missing', async () => {
    const pipe = new Pipe(O_NONBLOCK);
    const output = new OutputStream(pipe.writer, errorFd);
    const lines = (number: number): string => `${number} ${'x'.repeat(500)}\n`.repeat(2);
    const calls = 20_000;
    for (let call = 0; call < calls; call += 1) output.gather(lines(call));
    const dropped = output.droppedLines;
    expect(dropped).toBeGreaterThan(0);
    const kept = calls - dropped / 2;
    await pipe.readUntil('log.dropped');
    output.gather('afterwards\n');
    await pipe.drain(output);
    const report = new RegExp(
      String.raw`{"level":"error","time":"[^"]+","event":"log.dropped","lines":${dropped},.*}\n`,
    );
    expect(pipe.text.replace(report, 'REPORT\n')).toBe(
      `${Array.from({ length: kept }, (_, call) => lines(call)).join('')}REPORT\nafterwards\n`,
    );
    expect(await metrics(output)).toEqual(['ims_log_up 1', `ims_log_dropped_lines_total ${dropped}`]);
  });
});

it('the log ends when its reader has gone: standard error and the metrics say so', async () => {
  const pipe = new Pipe(O_NONBLOCK);
  const output = new OutputStream(pipe.writer, errorFd);
  pipe.closeReader();
  expect(await output.commit('one\n')).toBe(false);
  await until(() => !output.isUp);
  output.gather('two\nthree\n');
  expect(await metrics(output)).toEqual(['ims_log_up 0', 'ims_log_dropped_lines_total 3']);
  expect(await output.commit('four\n')).toBe(false);
  expect(complaints()).toBe('The reader of standard output has gone: the log and the audit end here.\n');
  await output.close();
});

it('the log goes on after any other failure, and loses nothing to it', async () => {
  const fd = openSync('/dev/full', 'w');
  const output = new OutputStream(fd, errorFd);
  expect(await output.commit('one\n')).toBe(false);
  await until(() => writes() > 1 && !output.isBlocked);
  expect(await output.commit('left out\n')).toBe(false);
  expect(await metrics(output)).toEqual(['ims_log_up 0', 'ims_log_dropped_lines_total 0']);
  output.write('two\n');
  reopen(fd, join(folder, 'file'));
  await until(() => output.isUp);
  expect(await output.commit('three\n')).toBe(true);
  await output.close();
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('one\ntwo\nthree\n');
  expect(complaints()).toBe(
    "The log and the audit can't be written, and wait in memory: ENOSPC: no space left on device, write\n",
  );
});

/** Puts a file in the place of what a descriptor stood for. */
function reopen(fd: number, path: string): void {
  closeSync(fd);
  const opened: number[] = [];
  while (opened.at(-1) !== fd) opened.push(openSync(path, 'w'));
  for (const other of opened.slice(0, -1)) closeSync(other);
}
