import { hash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { millis, seconds } from '#libs/tokens';

import { ManualClock } from '../../../test/fakes/manual-clock.ts';
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

  const breakages: [string, string, () => Promise<unknown>][] = [
    ['is deleted', 'callers_file_unreadable', () => rm(path)],
    ['is a folder', 'callers_file_unreadable', () => rm(path).then(() => mkdir(path))],
    ['is invalid', 'callers_file_invalid', () => write('callers: [')],
  ];

  it.each(breakages)(
    'authenticates no one after CALLERS_FILE_MAX_AGE while it %s',
    async (_, code, damage) => {
      const clock = new ManualClock();
      const file = await CallersFile.open(path, { clock, maxAge: seconds(300) });
      const { confirmedAt } = file.state;
      await damage();
      for (const passed of [1_000, 298_000]) {
        clock.advance(millis(passed));
        await file.reload();
        expect(file.authenticate('Bearer key of a')).toMatchObject({ caller: { name: 'a' } });
      }
      clock.advance(millis(2_000));
      expect(await file.reload()).toBe(true);
      expect(await file.reload()).toBe(false);
      expect(file.state.confirmedAt).toBe(confirmedAt);
      expect(file.state.problem?.code).toBe(code);
      expect(file.health.detail).toMatch(
        /No caller is authenticated, because CALLERS_FILE_MAX_AGE has passed\.$/,
      );
      const outdated = { caller: null, failure: 'callers_outdated' };
      expect(file.authenticate('Bearer key of a')).toEqual(outdated);
      expect(file.authenticateClient('a', 'key of a', 'key-post')).toEqual(outdated);
      expect(file.authenticateAssertion('a.b.c')).toEqual(outdated);
      await rm(path, { recursive: true, force: true });
      await write(`callers: [${caller('a')}]`);
      expect(await file.reload()).toBe(true);
      expect(file.authenticate('Bearer key of a')).toMatchObject({ caller: { name: 'a' } });
      expect(file.health).toEqual({ ok: true, detail: '1 caller' });
    },
  );

  it.each(breakages)(
    'goes on to authenticate without CALLERS_FILE_MAX_AGE while it %s',
    async (_, code, damage) => {
      const clock = new ManualClock();
      const file = await CallersFile.open(path, { clock });
      await damage();
      await file.reload();
      clock.advance(millis(30 * 86_400_000));
      expect(file.authenticate('Bearer key of a')).toMatchObject({ caller: { name: 'a' } });
      expect(file.state.problem?.code).toBe(code);
    },
  );

  it.each([
    [0o644, 'read it'],
    [0o666, 'read and change it'],
    [0o602, 'change it'],
  ])('tells that every user may use a file of the mode %o, until that is mended', async (mode, may) => {
    await chmod(path, mode);
    const file = await CallersFile.open(path);
    expect(file.exposure).toContain(`every user of this machine can ${may}.`);
    await chmod(path, 0o640);
    await file.reload();
    expect(file.exposure).toBeNull();
    await chmod(path, mode);
    expect(await file.reload()).toBe(false);
    expect(file.exposure).toContain(may);
  });

  it('reports a read that does not end', async () => {
    const clock = new ManualClock();
    const file = await CallersFile.open(path, { clock });
    clock.advance(millis(59_000));
    expect(file.health.ok).toBe(true);
    clock.advance(millis(2_000));
    expect(file.health).toMatchObject({
      ok: false,
      detail: expect.stringContaining('takes minutes to read'),
    });
    await file.reload();
    expect(file.health.ok).toBe(true);
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
