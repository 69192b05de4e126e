import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startLocalDev, type LocalDev } from '../support/local-dev.ts';

const run = promisify(execFile);

let localDev: LocalDev;

beforeAll(async () => {
  localDev = await startLocalDev();
});

afterAll(() => localDev.close());

const inSandbox = (path: string): string => join(localDev.folder, '.sandbox', path);

async function restart(): Promise<void> {
  await localDev.ctrlC();
  localDev = await startLocalDev(localDev.folder);
}

/** The answers to the curl lines of the banner, run as they are. */
async function curlAnswers(): Promise<unknown[]> {
  const lines = localDev.output().match(/^ {4}curl .*$/gm) ?? [];
  const outputs = await Promise.all(lines.map((line) => run('bash', ['-c', `${line} -sS`], { cwd: '/' })));
  return outputs.map(({ stdout }): unknown => JSON.parse(stdout));
}

const WORKING = [
  { token_type: 'Bearer' },
  { path: '/aem/content.json' },
  { credentials: [{ name: 'aem-dev', state: 'healthy' }] },
];

describe('npm start, a second time', () => {
  it.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ['the caller key', ['caller-key'], {}],
    ['the accounts of the sandbox', ['ims'], {}],
    [
      'all files but the caller key',
      ['callers.yaml', 'credentials', 'encryption-key', 'ims/ims-sandbox.json'],
      {},
    ],
    [
      'nothing, but each file is empty or cut short',
      [],
      { 'caller-key': '', 'callers.yaml': '', 'credentials/aem-dev.json': '', 'ims/ims-sandbox.json': '{"a' },
    ],
  ])('prints curl lines that work although this was deleted: %s', async (_, deleted, written) => {
    for (const name of deleted) await rm(inSandbox(name), { recursive: true });
    for (const [name, text] of Object.entries(written)) await writeFile(inSandbox(name), text);
    await restart();
    expect(await curlAnswers()).toMatchObject(WORKING);
    expect(localDev.output()).not.toContain('do not work yet');
  });

  it('says what it left alone, and that the curl lines do not work', async () => {
    const callers = await readFile(inSandbox('callers.yaml'), 'utf8');
    await writeFile(inSandbox('callers.yaml'), 'callers: []\n');
    await restart();
    expect(localDev.output()).toMatch(
      /Note: \S+callers\.yaml was left alone: .*\n\n {2}Note: .* answers 401 /,
    );
    await writeFile(inSandbox('callers.yaml'), callers);
  });

  it('says so for a credential too', async () => {
    const sample = await readFile(inSandbox('credentials/aem-dev.json'), 'utf8');
    await writeFile(inSandbox('credentials/aem-dev.json'), sample.slice(0, -40));
    await restart();
    expect(localDev.output()).toMatch(/Note: \S+aem-dev\.json was left alone: .*Delete it/);
    expect(localDev.output()).toMatch(/Note: The curl lines do not work yet: the service answers 503 /);
  });
});
