import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pino, type Logger } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { crashHandler } from './crash-handler.ts';

let folder: string;
let errorFd: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ims-crash-'));
  errorFd = openSync(join(folder, 'stderr'), 'w');
});
afterEach(async () => {
  closeSync(errorFd);
  await rm(folder, { recursive: true });
});

const reasons = (): string => readFileSync(join(folder, 'stderr'), 'utf8');
const silent = pino({ level: 'silent' });
const failing = {
  fatal: () => {
    throw new Error('no log');
  },
} as unknown as Logger;
const withoutStack = Object.defineProperty(new Error('x'), 'stack', {
  get: () => {
    throw new Error('no stack');
  },
});

describe('an uncaught exception', () => {
  it('is on standard error before the log is written, and a second one too', async () => {
    const closed = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    let ends = 0;
    const end = (): void => {
      ends += 1;
      ended.resolve();
    };
    const crash = crashHandler({ errorFd, log: silent, destination: { close: () => closed.promise }, end });
    crash(new Error('first'));
    expect(reasons()).toMatch(/^The service has failed: Error: first\n/);
    crash(new Error('second'));
    expect(reasons()).toMatch(/^The service has failed: Error: second\n/m);
    expect(ends).toBe(0);
    closed.resolve();
    await ended.promise;
    expect(ends).toBe(1);
  });

  it.each([
    ['the log fails', new Error('first'), failing, () => Promise.resolve(), 'Error: no log'],
    [
      'the last lines cannot be written',
      new Error('first'),
      silent,
      () => Promise.reject(new Error('disk')),
      'Error: disk',
    ],
    ['the error has no stack', withoutStack, silent, () => Promise.resolve(), 'cannot be described'],
    ['the value is no error', 'secret', silent, () => Promise.resolve(), 'a thrown string'],
  ])('ends the process if %s', async (_, error, log, close, reason) => {
    const ended = Promise.withResolvers<void>();
    crashHandler({ errorFd, log, destination: { close }, end: ended.resolve })(error);
    await ended.promise;
    expect(reasons()).toContain(reason);
    expect(reasons()).not.toContain('secret');
  });
});
