import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { AccessToken, CacheUnavailable, instant, later, millis, type TokenRecord } from '#libs/tokens';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { named } from '../../../../test/support/tokens/documents.ts';
import { SealingKeys } from '../sealing/sealing-keys.ts';
import { CacheFolder } from './cache-folder.ts';
import { FileTokenCache } from './file-token-cache.ts';

const NOW = instant(Date.UTC(2026, 0, 15, 12));
const keyOf = (kid: string): string =>
  `${kid}:${Buffer.from(`key ${kid}`.padEnd(32, 'x1y2z')).toString('base64')}`;

const recordOf = (name: string, generation = 3): TokenRecord => ({
  name: named(name),
  generation,
  token: new AccessToken(`marked-token of ${name}`, NOW, later(NOW, millis(86_400_000))),
  version: 'v1',
});

let path: string;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'token-cache-'));
});
afterEach(() => rm(path, { recursive: true, force: true }));

const cacheOf = async (keys = keyOf('k1'), prefix = 'ims-token'): Promise<FileTokenCache> =>
  new FileTokenCache({ folder: await CacheFolder.open(path), keys: SealingKeys.parse(keys), prefix });
const namesIn = async (cache: FileTokenCache): Promise<string[]> =>
  (await cache.load()).tokens.map(({ record }) => record.name).toSorted();

async function filled(): Promise<FileTokenCache> {
  const cache = await cacheOf();
  for (const name of ['aem-dev', 'aem-other']) await cache.saveToken(recordOf(name), NOW);
  await cache.saveSpent(named('aem-dev'), [NOW]);
  await cache.saveManifest({ at: NOW, names: [named('aem-dev'), named('aem-other')] });
  return cache;
}

describe('FileTokenCache', () => {
  it('writes files that only their owner can read, and no token in clear', async () => {
    await filled();
    const files = await readdir(path);
    expect(files.toSorted()).toEqual(['aem-dev.spent', 'aem-dev.token', 'aem-other.token', 'manifest']);
    for (const file of files) {
      expect(await readFile(join(path, file), 'utf8')).not.toContain('marked');
      expect(
        execFileSync('stat', ['-c', '%a', join(path, file)])
          .toString()
          .trim(),
      ).toBe('600');
    }
  });

  const sealed = (file: string): Promise<string> => readFile(join(path, file), 'utf8');
  it.each<[string, () => Promise<unknown>]>([
    ['is empty', () => writeFile(join(path, 'aem-dev.token'), '')],
    [
      'is cut short',
      async () => writeFile(join(path, 'aem-dev.token'), (await sealed('aem-dev.token')).slice(0, -9)),
    ],
    [
      'is changed',
      async () =>
        writeFile(join(path, 'aem-dev.token'), (await sealed('aem-dev.token')).replace(/.{9}$/, 'AAAAAAAAA')),
    ],
    ['is not sealed', () => writeFile(join(path, 'aem-dev.token'), '{"token":"x"}')],
    [
      'is that of another credential',
      () => copyFile(join(path, 'aem-other.token'), join(path, 'aem-dev.token')),
    ],
    ['is the manifest', () => copyFile(join(path, 'manifest'), join(path, 'aem-dev.token'))],
    ['is a list of times', () => copyFile(join(path, 'aem-dev.spent'), join(path, 'aem-dev.token'))],
    ['is far too long', () => writeFile(join(path, 'aem-dev.token'), 'A'.repeat(5 * 1024 * 1024))],
    [
      'is a folder',
      async () => {
        await rm(join(path, 'aem-dev.token'));
        await mkdir(join(path, 'aem-dev.token'));
      },
    ],
    [
      'is a named pipe',
      async () => {
        await rm(join(path, 'aem-dev.token'));
        execFileSync('mkfifo', [join(path, 'aem-dev.token')]);
      },
    ],
    [
      'is a link',
      async () => {
        await rm(join(path, 'aem-dev.token'));
        await symlink('aem-other.token', join(path, 'aem-dev.token'));
      },
    ],
  ])('ignores a file that %s, and reads the others', async (_, damage) => {
    const cache = await filled();
    await damage();
    expect(await namesIn(cache)).toEqual(['aem-other']);
  });

  it('opens nothing with another key or for another prefix, and everything after a change of keys', async () => {
    await filled();
    expect(await namesIn(await cacheOf(keyOf('k2')))).toEqual([]);
    expect(await namesIn(await cacheOf(keyOf('k1'), 'other'))).toEqual([]);
    expect(await namesIn(await cacheOf(`${keyOf('k2')},${keyOf('k1')}`))).toEqual(['aem-dev', 'aem-other']);
  });

  it('leaves foreign files alone, and removes what a process that died left behind', async () => {
    await filled();
    const left = '.aem-dev.token.0b9b9a36-6a5c-4b9a-9f38-0d6c1d9d8a11.tmp';
    const foreign = ['notes.txt', '.hidden', 'UPPER.token', 'a b.spent', '.aem-dev.token.tmp'];
    for (const file of [left, ...foreign]) await writeFile(join(path, file), 'half');
    const cache = await cacheOf();
    await cache.keepOnly(new Set([named('aem-other')]));
    expect(await namesIn(cache)).toEqual(['aem-other']);
    expect((await readdir(path)).toSorted()).toEqual(['aem-other.token', 'manifest', ...foreign].toSorted());
  });

  it('says what fails, and keeps no token that it could not replace', async () => {
    const cache = await filled();
    await rm(join(path, 'aem-other.token'));
    await mkdir(join(path, 'aem-other.token'));
    await expect(cache.saveToken(recordOf('aem-other', 4), NOW)).rejects.toThrow(CacheUnavailable);
    await expect(cache.saveToken(recordOf('aem-other', 4), NOW)).rejects.toThrow(/EISDIR/);
    await rm(path, { recursive: true });
    await expect(cache.saveToken(recordOf('aem-dev', 4), NOW)).rejects.toThrow(/ENOENT/);
    expect(await cache.load()).toEqual({ tokens: [], spent: new Map(), manifest: null });
  });
});

describe('CacheFolder', () => {
  it('is created with the mode 0700', async () => {
    await CacheFolder.open(join(path, 'new'));
    expect(
      execFileSync('stat', ['-c', '%a', join(path, 'new')])
        .toString()
        .trim(),
    ).toBe('700');
  });

  it.each([0o755, 0o750, 0o701, 0o777, 0o1777])(
    'is refused with the mode %o, with the remedy',
    async (mode) => {
      await chmod(path, mode);
      await expect(CacheFolder.open(path)).rejects.toThrow(/mode [01]7\d\d, .*chmod 0700/);
    },
  );

  it.each<[string, string, RegExp]>([
    ['a file', 'file', /is not a folder/],
    ['below a missing folder', 'missing/cache', /the folder above it is missing/],
    ['below a file', 'file/cache', /ENOTDIR/],
  ])('is refused where it is %s', async (_, name, message) => {
    await writeFile(join(path, 'file'), '');
    await expect(CacheFolder.open(join(path, name))).rejects.toThrow(message);
  });
});
