import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CallersFile } from './callers-file.ts';

const caller = (name: string) =>
  `{name: ${name}, apiKeySha256: ["${hash('sha256', `key of ${name}`, 'hex')}"]}`;

describe('CallersFile', () => {
  let folder: string;
  let path: string;
  const write = (text: string) => writeFile(path, text);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'callers-'));
    path = join(folder, 'callers.yaml');
    await write(`callers: [${caller('a')}]`);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('applies the callers of the file', async () => {
    const file = await CallersFile.open(path);
    expect(file.registry.byKey('key of a')?.name).toBe('a');
    expect(file.health).toEqual({ ok: true, detail: '1 caller' });
  });

  it('applies a changed file, and reports the change once', async () => {
    const file = await CallersFile.open(path);
    await write(`callers: [${caller('b')}]`);
    expect(await file.reload()).toBe(true);
    expect(await file.reload()).toBe(false);
    expect(file.registry.byKey('key of a')).toBeNull();
    expect(file.registry.byKey('key of b')?.name).toBe('b');
  });

  it.each([
    ['is cut short', 'callers: [{name: a, apiKey'],
    ['is empty', ''],
    ['has an alias without an anchor', 'callers: *nobody'],
    ['has an unknown field', 'callers: []\nadmin: true'],
  ])('keeps the last valid callers when the file %s, and reports the problem once', async (_, text) => {
    const file = await CallersFile.open(path);
    await write(text);
    expect(await file.reload()).toBe(true);
    expect(await file.reload()).toBe(false);
    expect(file.registry.byKey('key of a')?.name).toBe('a');
    expect(file.health.ok).toBe(false);
    expect(file.health.detail).toMatch(/The last good version stays in force\.$/);
  });

  it('keeps the last valid callers when the file is deleted', async () => {
    const file = await CallersFile.open(path);
    await rm(path);
    expect(await file.reload()).toBe(true);
    expect(file.registry.byKey('key of a')?.name).toBe('a');
    expect(file.health.detail).toContain('ENOENT');
  });

  it.each([['b'], ['a']])(
    'applies the file again once it is valid, changed or not (caller %s)',
    async (name) => {
      const file = await CallersFile.open(path);
      await write('callers: [');
      await file.reload();
      await write(`callers: [${caller(name)}]`);
      expect(await file.reload()).toBe(true);
      expect(file.registry.byKey(`key of ${name}`)?.name).toBe(name);
      expect(file.health).toEqual({ ok: true, detail: '1 caller' });
    },
  );

  it.each([
    ['is missing', null, /ENOENT/],
    ['cannot be used', 'callers: 5', /callers\.yaml: line 1: callers: must be a list/],
  ])('rejects the first read of a file that %s', async (_, text, problem) => {
    await (text === null ? rm(path) : write(text));
    await expect(CallersFile.open(path)).rejects.toThrow(problem);
  });
});
