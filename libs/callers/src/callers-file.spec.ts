import { hash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CallersFile } from './callers-file.ts';

const caller = (name: string) =>
  `{name: ${name}, apiKeySha256: ["${hash('sha256', `key of ${name}`, 'hex')}"]}`;

describe('the callers file on disk', () => {
  let folder: string;
  let path: string;
  const write = (text: string) => writeFile(path, text);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'callers-'));
    path = join(folder, 'callers.yaml');
    await write(`callers: [${caller('a')}]`);
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is in force as it was read', async () => {
    const file = await CallersFile.open(path);
    expect(file.registry.byKey('key of a')?.name).toBe('a');
    expect(file.health).toEqual({ ok: true, detail: '1 caller' });
  });

  it('is followed when it changes, and says so once', async () => {
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
  ])('takes nobody’s access away when it %s, and says so once', async (_, text) => {
    const file = await CallersFile.open(path);
    await write(text);
    expect(await file.reload()).toBe(true);
    expect(await file.reload()).toBe(false);
    expect(file.registry.byKey('key of a')?.name).toBe('a');
    expect(file.health.ok).toBe(false);
    expect(file.health.detail).toMatch(/The last good version stays in force\.$/);
  });

  it('takes nobody’s access away when it vanishes', async () => {
    const file = await CallersFile.open(path);
    await rm(path);
    expect(await file.reload()).toBe(true);
    expect(file.registry.byKey('key of a')?.name).toBe('a');
    expect(file.health.detail).toContain('ENOENT');
  });

  it.each([['b'], ['a']])('is in force again once it is whole, changed or not (%s)', async (name) => {
    const file = await CallersFile.open(path);
    await write('callers: [');
    await file.reload();
    await write(`callers: [${caller(name)}]`);
    expect(await file.reload()).toBe(true);
    expect(file.registry.byKey(`key of ${name}`)?.name).toBe(name);
    expect(file.health).toEqual({ ok: true, detail: '1 caller' });
  });

  it.each([
    ['is missing', null, /ENOENT/],
    ['cannot be used', 'callers: 5', /callers: must be of type array/],
  ])('is no start without an earlier version to fall back on, where it %s', async (_, text, problem) => {
    await (text === null ? rm(path) : write(text));
    await expect(CallersFile.open(path)).rejects.toThrow(problem);
  });
});
