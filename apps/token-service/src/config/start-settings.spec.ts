import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SEALING_KEY } from '../../../../test/support/sealing-key.ts';
import { ConfigProblem } from './service-config.ts';
import { readStartSettings } from './start-settings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-settings-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const file = (content: string): string => {
  const path = join(folder, `file-${(files += 1)}`);
  writeFileSync(path, content);
  return path;
};
const environment = (env: Record<string, string>): Record<string, string> => ({
  CREDENTIAL_SOURCE: 'files',
  CREDENTIAL_DIR: folder,
  CALLERS_FILE: file('callers: []\n'),
  ...env,
});
const problemsOf = async (env: Record<string, string>): Promise<readonly string[]> =>
  readStartSettings(environment(env)).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ConfigProblem) return error.problems;
      throw error;
    },
  );
const KEYS = { TOKEN_ENCRYPTION_KEYS: SEALING_KEY };

describe('readStartSettings with secrets in files', () => {
  it.each(['', '\n', '\r\n'])('reads them without the end of the line (%j)', async (end) => {
    const { config, redisFiles } = await readStartSettings(
      environment({
        REDIS_URL_FILE: file(`valkey://svc@cache:6380${end}`),
        TOKEN_ENCRYPTION_KEYS_FILE: file(`${SEALING_KEY}${end}`),
        REDIS_PASSWORD_FILE: file(`the-password${end}`),
      }),
    );
    expect(config.REDIS_URL).toMatchObject({ kind: 'single', host: 'cache', port: 6380, username: 'svc' });
    expect(config.TOKEN_ENCRYPTION_KEYS?.first.kid).toBe('k1');
    expect(redisFiles.password?.reveal()).toBe('the-password');
    expect(inspect(config, { depth: 9 })).not.toContain(SEALING_KEY.slice(4, 20));
  });

  it.each([
    ['REDIS_URL', 'redis://:hunter2@cache'],
    ['TOKEN_ENCRYPTION_KEYS', SEALING_KEY],
  ])('refuses %s beside its file', async (name, value) => {
    const both = { REDIS_URL: 'redis://cache', ...KEYS, [name]: value, [`${name}_FILE`]: file(value) };
    expect(await problemsOf(both)).toEqual([`${name}, ${name}_FILE: both are set: set one of them`]);
  });

  it('names the variable of the file and its path for a wrong content, and quotes nothing of it', async () => {
    const [url, keys] = [file('redis://:hunter2@cache/x'), file('k1:hunter2')];
    const problems = await problemsOf({ REDIS_URL_FILE: url, TOKEN_ENCRYPTION_KEYS_FILE: keys });
    expect(problems).toEqual([
      expect.stringContaining(`REDIS_URL_FILE: the content of ${url}: must have`),
      expect.stringContaining(`TOKEN_ENCRYPTION_KEYS_FILE: the content of ${keys}: entry 1`),
    ]);
    expect(problems.join()).not.toContain('hunter2');
  });

  it.each<[string, () => string, string]>([
    ['is missing', () => join(folder, 'missing'), 'ENOENT'],
    ['is empty', () => file('\n'), 'is empty'],
    ['is a folder', () => folder, 'it is no file'],
  ])('reports a file that %s once, and not also its variable as missing', async (_, path, reason) => {
    const problems = await problemsOf({ REDIS_URL: 'redis://cache', TOKEN_ENCRYPTION_KEYS_FILE: path() });
    expect(problems).toEqual([expect.stringMatching(`^TOKEN_ENCRYPTION_KEYS_FILE: .*${reason}`)]);
  });
});

describe('readStartSettings with files for Redis', () => {
  it.each<[string, () => Record<string, string>, string]>([
    [
      'a certificate without its key',
      () => ({ REDIS_URL: 'rediss://cache', REDIS_CERT_FILE: join(folder, 'cert') }),
      'REDIS_CERT_FILE, REDIS_KEY_FILE: one is missing',
    ],
    [
      'a key without TLS',
      () => ({ REDIS_URL: 'redis://cache', REDIS_KEY_FILE: join(folder, 'key') }),
      'REDIS_KEY_FILE: is of use only with a REDIS_URL over TLS',
    ],
    [
      'an authority without Redis',
      () => ({ REDIS_CA_FILE: join(folder, 'ca') }),
      'REDIS_CA_FILE: is of use only',
    ],
    [
      'a password without Redis',
      () => ({ REDIS_PASSWORD_FILE: file('hunter2') }),
      'is of use only with REDIS_URL',
    ],
    [
      'two passwords',
      () => ({ REDIS_URL: 'redis://:hunter2@cache', REDIS_PASSWORD_FILE: file('hunter2') }),
      'REDIS_URL, REDIS_PASSWORD_FILE: both have a password',
    ],
    [
      'a user without a password',
      () => ({ REDIS_URL: 'redis://hunter2@cache' }),
      'names a user but no password',
    ],
    [
      'a user without a password, for Sentinels',
      () => ({ REDIS_URL: 'redis+sentinel://hunter2@s1/main' }),
      'names a user but no password',
    ],
    [
      'an authority that is none',
      () => ({ REDIS_URL: 'rediss://cache', REDIS_CA_FILE: file('hunter2') }),
      'contains no certificate',
    ],
  ])('refuses %s', async (_, env, reason) => {
    const problems = await problemsOf({ ...KEYS, ...env() });
    expect(problems.join('\n')).toContain(reason);
    expect(problems.join('\n')).not.toContain('hunter2');
  });
});
