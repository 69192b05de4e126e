import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SealingKeys } from '#libs/token-stores';

import { SEALING_KEY } from '../support/sealing-key.ts';
import { makeWorkplace } from '../support/token-service.ts';

const SAMPLE_FILES = ['*.md', '*.yml', 'docs/**/*.md', 'deploy/**/*', 'apps/**/*.md', '.github/**/*.yml'];
/** A KID and 32 bytes in Base64. */
const KEY = /\b([\w.-]{1,32}:[A-Za-z0-9+/_-]{43}=)/g;

/** Every encryption key that a file for readers prints, as for TOKEN_ENCRYPTION_KEYS. */
async function publishedKeys(): Promise<string[]> {
  const paths = globSync(SAMPLE_FILES, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`);
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(KEY)].map(([, key = '']) => key));
}

let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
beforeAll(async () => {
  workplace = await makeWorkplace();
});
afterAll(() => workplace.close());

/** The errors that the service logs at its start with these keys. */
async function errorsWith(keys: string): Promise<Record<string, unknown>[]> {
  const service = await workplace.startService({ TOKEN_ENCRYPTION_KEYS: keys });
  await service.close();
  return service.logLines
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ level }) => level === 'error');
}

describe('an encryption key that an attacker may know', () => {
  it('is every key that a file of this project prints', async () => {
    const keys = await publishedKeys();
    expect(keys.length).toBeGreaterThan(0);
    const kinds = keys.map((key) => [...SealingKeys.parse(key).suspicious.values()]);
    expect(kinds).toEqual(keys.map(() => ['published']));
  });

  it('is logged as an error with its KID at each start, without its value', async () => {
    const [sample = ''] = await publishedKeys();
    const words = `words:${Buffer.from('correct horse battery staple 123').toString('base64')}`;
    const errors = await errorsWith(`${SEALING_KEY},${sample},${words}`);
    expect(errors).toMatchObject([
      { event: 'encryption-key.known', kid: 'demo', reason: 'published' },
      { event: 'encryption-key.known', kid: 'words', reason: 'text' },
    ]);
    expect(errors[0]?.['msg']).toContain('TOKEN_ENCRYPTION_KEYS');
    for (const key of [sample, words]) expect(JSON.stringify(errors)).not.toContain(key.split(':')[1]);
  });

  it('is no random key', async () => {
    expect(await errorsWith(SEALING_KEY)).toEqual([]);
  });
});
