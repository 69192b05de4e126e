import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseCallers } from '#libs/callers';
import { SealingKeys } from '#libs/token-stores';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openSandboxFolder } from './sandbox-folder.ts';

let root: string;
const inFolder = (name: string): string => join(root, '.sandbox', name);
const read = (name: string): Promise<string> => readFile(inFolder(name), 'utf8');

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sandbox-folder-'));
  await openSandboxFolder(root);
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** The caller that the key of the file belongs to: what the banner's curl line needs. */
const callerOfKey = async () => parseCallers(await read('callers.yaml')).byKey(await read('caller-key'));

describe('openSandboxFolder', () => {
  it('changes nothing and has nothing to say at a second start', async () => {
    const before = [await read('caller-key'), await read('callers.yaml'), await read('encryption-key')];
    const { notices } = await openSandboxFolder(root);
    expect([await read('caller-key'), await read('callers.yaml'), await read('encryption-key')]).toEqual(
      before,
    );
    expect(notices).toEqual([]);
  });

  it.each([
    ['deleted', null],
    ['empty', ''],
    ['cut short', 'abc'],
    ['binary', '\u0000\u0001'.repeat(30)],
    ['of two lines', 'a-key-of-20-letters-1\na-key-of-20-letters-2\n'],
  ])('heals a caller-key that is %s: its caller has the new one', async (_, text) => {
    const old = await read('caller-key');
    await (text === null ? rm(inFolder('caller-key')) : writeFile(inFolder('caller-key'), text));
    const { notices } = await openSandboxFolder(root);
    expect(await read('caller-key')).toMatch(/^[\w-]{43}$/);
    expect(await read('caller-key')).not.toBe(old);
    expect((await callerOfKey())?.name).toBe('demo');
    expect(notices.at(-1)).toMatch(/callers\.yaml has the digest of the new caller-key now\.$/);
  });

  it.each(['\n', ' \r\n', '\r\n'])(
    'removes %j from the end of a caller-key, which curl would send',
    async (end) => {
      const key = await read('caller-key');
      await writeFile(inFolder('caller-key'), `${key}${end}`);
      await openSandboxFolder(root);
      expect((await read('caller-key')).replace(/\n$/, '')).toBe(key);
      expect(parseCallers(await read('callers.yaml')).byKey(key)?.name).toBe('demo');
    },
  );

  it('accepts a key of your own, and gives it to the caller', async () => {
    await writeFile(inFolder('caller-key'), 'my-own-key-of-some-letters');
    await openSandboxFolder(root);
    expect(await read('caller-key')).toBe('my-own-key-of-some-letters');
    expect((await callerOfKey())?.name).toBe('demo');
  });

  it('changes only the line of the key in a callers file of your own', async () => {
    const own = (await read('callers.yaml')).replace('["*"]', '["aem-*"] # mine').concat('# the end\n');
    await writeFile(inFolder('callers.yaml'), own);
    await rm(inFolder('caller-key'));
    await openSandboxFolder(root);
    const digest = /[0-9a-f]{64}/;
    expect((await read('callers.yaml')).replace(digest, '')).toBe(own.replace(digest, ''));
    expect((await callerOfKey())?.mayRead('aem-dev')).toBe(true);
  });

  it.each([
    ['has no such line', (text: string) => text.replace(/ # of the key.*/, '')],
    ['has no callers', () => 'callers: []\n'],
  ])('leaves a callers file alone that %s, and says what to add', async (_, change) => {
    const own = change(await read('callers.yaml'));
    await writeFile(inFolder('callers.yaml'), own);
    await rm(inFolder('caller-key'));
    const { notices } = await openSandboxFolder(root);
    expect(await read('callers.yaml')).toBe(own);
    expect(notices).toEqual([
      expect.stringMatching(/callers\.yaml was left alone: .*apiKeySha256: \["[0-9a-f]{64}"\]/),
    ]);
    expect(notices.join()).not.toContain(await read('caller-key'));
  });

  it.each([
    ['deleted', null],
    ['empty', ''],
    ['blank', '\n \n'],
  ])('makes a new callers file in place of one that is %s', async (_, text) => {
    await (text === null ? rm(inFolder('callers.yaml')) : writeFile(inFolder('callers.yaml'), text));
    await openSandboxFolder(root);
    expect((await callerOfKey())?.maySeeStatusOf('aem-dev')).toBe(true);
  });

  it.each([
    ['cut short', 'callers:\n  - name: demo\n    apiKeySha256: ["'],
    ['misspelt', 'callers:\n  - nam: demo\n'],
  ])('leaves a callers file alone that is %s, and names the line', async (_, text) => {
    await writeFile(inFolder('callers.yaml'), text);
    await expect(openSandboxFolder(root)).rejects.toThrow(
      /callers\.yaml is not valid and was left alone: line \d.*delete it: the next start makes a new one\.$/,
    );
    expect(await read('callers.yaml')).toBe(text);
  });

  it.each([
    ['deleted', null, 0],
    ['empty', '', 1],
    ['cut short', 'local-dev:AAAA', 1],
    ['not random', `local-dev:${Buffer.alloc(32).toString('base64')}`, 1],
  ])('makes a new encryption key in place of one that is %s', async (_, text, count) => {
    await (text === null ? rm(inFolder('encryption-key')) : writeFile(inFolder('encryption-key'), text));
    const { encryptionKey, notices } = await openSandboxFolder(root);
    expect(() => SealingKeys.parse(encryptionKey)).not.toThrow();
    expect(await read('encryption-key')).toBe(encryptionKey);
    expect(notices).toHaveLength(count);
  });

  it.each([
    ['no state', null, true, 0],
    ['a state that is cut short', '{"version":1,"sig', true, 1],
    ['an empty state', '', true, 1],
    ['a state', '{"version":1}', false, 0],
  ])('knows whether the sandbox starts without accounts: %s', async (_, text, isNewIms, count) => {
    await mkdir(inFolder('ims'));
    if (text !== null) await writeFile(inFolder('ims/ims-sandbox.json'), text);
    const folder = await openSandboxFolder(root);
    expect([folder.isNewIms, folder.notices.length]).toEqual([isNewIms, count]);
    const damaged = await read('ims/ims-sandbox.json.damaged').catch(() => null);
    expect(damaged).toBe(count > 0 ? text : null);
  });

  it('makes the files that it replaces readable for the user only', async () => {
    await writeFile(inFolder('caller-key'), '');
    await chmod(inFolder('caller-key'), 0o644);
    await openSandboxFolder(root);
    expect((await stat(inFolder('caller-key'))).mode & 0o777).toBe(0o600);
  });

  it.each(['caller-key', 'callers.yaml', 'encryption-key'])(
    'names a folder in the place of %s',
    async (name) => {
      await rm(inFolder(name));
      await mkdir(inFolder(name));
      await expect(openSandboxFolder(root)).rejects.toThrow(`${inFolder(name)} `);
    },
  );
});
