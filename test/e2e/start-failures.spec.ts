import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runToEnd } from '../support/process.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';

let folder: string;
let callersFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-failures-'));
  callersFile = join(folder, 'callers.yaml');
  await writeFile(callersFile, 'callers: []\n');
});

afterAll(() => rm(folder, { recursive: true }));

const good = (): Record<string, string> => ({
  HOST: '127.0.0.1',
  PORT: '0',
  CREDENTIAL_SOURCE: 'files',
  CREDENTIAL_DIR: folder,
  CALLERS_FILE: callersFile,
});

describe('a wrong environment stops the start with exit code 78', () => {
  it('names everything that is missing at once', async () => {
    const { code, stdout, stderr } = await runToEnd('token-service', {});
    expect([code, stdout]).toEqual([78, '']);
    for (const name of ['CREDENTIAL_SOURCE', 'CALLERS_FILE'])
      expect(stderr).toContain(`- ${name}: is missing`);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('names everything that is wrong at once, and no value of a secret', async () => {
    const { code, stderr } = await runToEnd('token-service', {
      ...good(),
      PORT: 'http',
      REFRESH_AT: '2',
      MIN_SERVE_SECONDS: '-5',
      LOG_LEVEL: 'loud',
      LOG_FORMAT: 'text',
      SERVICE_ROLE: 'other',
      PUBLIC_URL: 'https://user:marked-password@tokens.example',
      REDIS_URL: 'http://user:marked-password@host',
      REDIS_CA_FILE: join(folder, 'missing.pem'),
      TOKEN_ENCRYPTION_KEYS: 'k1:marked-encryption-key',
      IMS_ALLOWED_ORIGINS: 'not an origin',
    });
    expect(code).toBe(78);
    const named = [...stderr.matchAll(/^ {2}- (\w+):/gm)].map(([, name = '']) => name).toSorted();
    expect(named).toEqual([
      'IMS_ALLOWED_ORIGINS',
      'LOG_FORMAT',
      'LOG_LEVEL',
      'MIN_SERVE_SECONDS',
      'PORT',
      'PUBLIC_URL',
      'REDIS_CA_FILE',
      'REDIS_URL',
      'REFRESH_AT',
      'SERVICE_ROLE',
      'TOKEN_ENCRYPTION_KEYS',
    ]);
    expect(stderr).not.toContain('marked');
  });

  it.each([
    ['true', 'off', /^ {2}- AUDIT_REQUIRED: needs the audit, but AUDIT=off omits it/m],
    ['yes', 'on', /^ {2}- AUDIT_REQUIRED: must be true or false$/m],
    ['1', 'off', /^ {2}- AUDIT_REQUIRED: must be true or false$/m],
  ])('refuses AUDIT_REQUIRED=%s with AUDIT=%s', async (required, audit, reason) => {
    const env = { ...good(), AUDIT_REQUIRED: required, AUDIT: audit };
    const { code, stderr } = await runToEnd('token-service', env);
    expect(code).toBe(78);
    expect(stderr).toMatch(reason);
  });

  it.each([
    ['vend', ['CALLERS_FILE', 'REDIS_URL']],
    ['refresh', ['CREDENTIAL_SOURCE', 'REDIS_URL']],
  ])('asks the role %s for its own part only', async (role, missing) => {
    const { code, stderr } = await runToEnd('token-service', { SERVICE_ROLE: role });
    expect(code).toBe(78);
    const named = [...stderr.matchAll(/^ {2}- (\w+):/gm)].map(([, name = '']) => name).toSorted();
    expect(named).toEqual(missing);
  });

  it.each<[string, (path: string) => Promise<Record<string, string>>, string]>([
    [
      'that others can enter',
      async (path) => {
        await mkdir(path);
        await chmod(path, 0o755);
        return { TOKEN_CACHE_DIR: path };
      },
      'has the mode 0755, which lets others in: chmod 0700 it',
    ],
    [
      'that is a file',
      async (path) => {
        await writeFile(path, '');
        return { TOKEN_CACHE_DIR: path };
      },
      'is not a folder',
    ],
    [
      'that cannot be created',
      async (path) => ({ TOKEN_CACHE_DIR: join(path, 'missing') }),
      'cannot be created: the folder above it is missing',
    ],
    [
      'without Redis',
      async (path) => ({ TOKEN_CACHE_DIR: path, REDIS_URL: '' }),
      'is of use only with REDIS_URL',
    ],
  ])('refuses a token cache %s', async (what, prepare, message) => {
    const { code, stderr } = await runToEnd('token-service', {
      ...good(),
      REDIS_URL: 'redis://127.0.0.1:1',
      TOKEN_ENCRYPTION_KEYS: SEALING_KEY,
      ...(await prepare(join(folder, what.replaceAll(' ', '-')))),
    });
    expect(code).toBe(78);
    expect(stderr).toContain('- TOKEN_CACHE_DIR: ');
    expect(stderr).toContain(message);
  });

  it('wants a folder as soon as credentials are files', async () => {
    const { CREDENTIAL_DIR: _, ...env } = good();
    const { code, stderr } = await runToEnd('token-service', env);
    expect(code).toBe(78);
    expect(stderr).toContain('- CREDENTIAL_DIR: is missing');
  });

  it('wants an encryption key as soon as there is a Redis', async () => {
    const { code, stderr } = await runToEnd('token-service', { ...good(), REDIS_URL: 'redis://127.0.0.1:1' });
    expect(code).toBe(78);
    expect(stderr).toContain('- TOKEN_ENCRYPTION_KEYS: is missing');
  });

  it('names everything that is wrong with the files of Redis and of secrets at once', async () => {
    const file = async (name: string, content: string) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    };
    const { code, stdout, stderr } = await runToEnd('token-service', {
      ...good(),
      REDIS_URL_FILE: await file('url', 'rediss://svc@127.0.0.1:1\n'),
      REDIS_CA_FILE: await file('ca.pem', 'marked-ca'),
      REDIS_CERT_FILE: join(folder, 'missing.pem'),
      REDIS_KEY_FILE: await file('key.pem', 'marked-key'),
      REDIS_PASSWORD_FILE: await file('password', ''),
      TOKEN_ENCRYPTION_KEYS_FILE: await file('keys', 'k1:marked-key'),
    });
    expect([code, stdout]).toEqual([78, '']);
    const named = [...stderr.matchAll(/^ {2}- (\w+):/gm)].map(([, name = '']) => name).toSorted();
    expect(named).toEqual([
      'REDIS_CA_FILE',
      'REDIS_CERT_FILE',
      'REDIS_KEY_FILE',
      'REDIS_PASSWORD_FILE',
      'TOKEN_ENCRYPTION_KEYS_FILE',
    ]);
    expect(stderr).not.toContain('marked');
  });

  it.each([
    ['zeros', Buffer.alloc(32)],
    ['repeated bytes', Buffer.alloc(32, 'ims')],
  ])('refuses an encryption key of %s by its KID', async (_what, bytes) => {
    const key = bytes.toString('base64');
    const env = { ...good(), REDIS_URL: 'redis://127.0.0.1:1', TOKEN_ENCRYPTION_KEYS: `weak:${key}` };
    const { code, stdout, stderr } = await runToEnd('token-service', env);
    expect([code, stdout]).toEqual([78, '']);
    expect(stderr).toContain('- TOKEN_ENCRYPTION_KEYS: entry 1: the key with the KID weak is not random');
    expect(stderr).not.toContain(key.slice(0, 12));
  });

  it.each([
    ['a missing callers file', undefined, "can't be read"],
    ['broken YAML', 'callers: [', 'line 1'],
    [
      'a field that is a list',
      'callers:\n  - name: demo\n    [marked-key]: x\n',
      'line 3, column 5: callers[0]',
    ],
    ['a field that is a mapping', 'callers:\n  - {marked: key}: x\n', 'line 2'],
    [
      'a misspelt field',
      'callers:\n  - name: demo\n    apikeySha256: [marked]\n',
      'did you mean apiKeySha256?',
    ],
    ['an unknown field', 'callers:\n  - name: demo\n    apiKey: marked-key\n', 'callers[0]'],
    [
      'a key in place of its digest',
      'callers:\n  - name: demo\n    apiKeySha256: ["marked-key"]\n',
      'callers[0].apiKeySha256[0]',
    ],
  ])('treats %s the same', async (_what, text, named) => {
    const path = join(folder, 'other-callers.yaml');
    await rm(path, { force: true });
    if (text !== undefined) await writeFile(path, text);
    const { code, stderr } = await runToEnd('token-service', { ...good(), CALLERS_FILE: path, PORT: 'x' });
    expect(code).toBe(78);
    expect(stderr).toContain('- CALLERS_FILE: ');
    expect(stderr).toContain('- PORT: ');
    expect(stderr).toContain(named);
    expect(stderr).not.toMatch(/marked|Warning/);
  });
});

describe('an address that the service cannot listen on', () => {
  it.each(['PORT', 'METRICS_PORT'])('gets one plain sentence: %s in use', async (variable) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await runToEnd('token-service', { ...good(), [variable]: String(port) });
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is in use by another process. Set ${variable} to another one.`);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('gets one plain sentence: an address of another machine', async () => {
    const { code, stderr } = await runToEnd('token-service', { ...good(), HOST: '192.0.2.1' });
    expect(code).toBe(1);
    expect(stderr).toContain('this machine has no address 192.0.2.1. Set HOST to one it has.');
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
