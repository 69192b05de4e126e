import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeAuthority, type Pair } from '../../../../test/support/certificate-authority.ts';
import { RedisFilesProblem } from './redis-files-problem.ts';
import { RedisFiles } from './redis-files.ts';

let folder: string;
let ca: string;
let pair: Pair;
let other: Pair;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'redis-files-'));
  const authority = await makeAuthority();
  [ca, pair, other] = [authority.cert, await authority.issue(), await authority.issue()];
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const problemsOf = (paths: ConstructorParameters<typeof RedisFiles>[0]): readonly string[] => {
  try {
    void new RedisFiles(paths);
    return [];
  } catch (error) {
    if (error instanceof RedisFilesProblem) return error.problems;
    throw error;
  }
};
const encrypted = () =>
  createPrivateKey(pair.key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' });
const damaged = (pem: string) => pem.replace(/\n[^\n]{20}/, '\nAAAAAAAAAAAAAAAAAAAA');

describe('RedisFiles', () => {
  it('accepts a bundle, a chain with its key in one file, and Windows line ends', () => {
    const bundle = file('bundle.pem', `# two\n${ca}\n${pair.cert}\n`.replaceAll('\n', '\r\n'));
    const both = file('both.pem', `${pair.key}\n${pair.cert}\n${ca}`);
    expect(problemsOf({ ca: bundle, cert: both, key: both })).toEqual([]);
  });

  it.each<[string, () => string | Uint8Array, RegExp]>([
    ['empty', () => '', /contains no certificate: it is empty/],
    ['text', () => 'changeme', /contains no certificate: PEM text/],
    ['a private key', () => pair.key, /contains no certificate: it has a private key only/],
    [
      'DER',
      () => Buffer.from(pair.cert.replaceAll(/-----.*-----|\s/g, ''), 'base64'),
      /binary.*convert it to PEM/,
    ],
    ['cut off', () => ca.slice(0, 200), /it is cut off/],
    ['damaged', () => damaged(ca), /its certificate 1 cannot be read/],
    ['damaged in its second part', () => `${ca}\n${damaged(pair.cert)}`, /its certificate 2 cannot be read/],
  ])('refuses a file of authorities that is %s', (_, content, reason) => {
    const path = file('ca.pem', content());
    expect(problemsOf({ ca: path })).toEqual([expect.stringMatching(reason)]);
    expect(problemsOf({ ca: path })[0]).toContain(`REDIS_CA_FILE: ${path}`);
  });

  it.each<[string, () => string | Uint8Array, RegExp]>([
    ['missing', () => '', /contains no private key: it is empty/],
    ['a certificate', () => pair.cert, /contains no private key: it has certificates only/],
    ['encrypted', encrypted, /is encrypted with a passphrase/],
    ['damaged', () => pair.key.replace(/\n.{60}/, '\nAAAA'), /its private key cannot be read/],
    ['of another certificate', () => other.key, /another key than the first certificate of REDIS_CERT_FILE/],
  ])('refuses a private key that is %s, and quotes nothing of it', (_, content, reason) => {
    const [cert, key] = [file('cert.pem', pair.cert), file('key.pem', content())];
    const problems = problemsOf({ cert, key });
    expect(problems).toEqual([expect.stringMatching(reason)]);
    const secret = pair.key.split('\n')[1] ?? '';
    expect(inspect(problems)).not.toContain(secret.slice(20, 40));
  });

  it('names all problems of all files at once', () => {
    const missing = join(folder, 'missing');
    const problems = problemsOf({ ca: folder, cert: missing, key: file('no-key', 'x'), password: missing });
    expect(problems.map((problem) => problem.replace(/:.*/, ''))).toEqual([
      'REDIS_PASSWORD_FILE',
      'REDIS_CA_FILE',
      'REDIS_CERT_FILE',
      'REDIS_KEY_FILE',
    ]);
  });

  it.each([
    ['a named pipe without a writer', () => makePipe(), /it is no file/],
    ['a folder', () => folder, /it is no file/],
    ['too large', () => file('large', 'x'.repeat(1024 * 1024 + 1)), /larger than 1 MiB/],
    ['empty', () => file('empty', '\n'), /is empty/],
    ['of several lines', () => file('lines', 'one-secret\ntwo-secret'), /several lines/],
  ])('refuses a password file that is %s', (_, path, reason) => {
    const problems = problemsOf({ password: path() });
    expect(problems).toEqual([expect.stringMatching(reason)]);
    expect(problems[0]).not.toContain('secret');
  });

  it('reads a password with spaces, without the end of its line', () => {
    const files = new RedisFiles({ password: file('password', '\uFEFF p@ss word \r\n') });
    expect(files.password?.reveal()).toBe(' p@ss word ');
    expect(inspect(files, { depth: 9, showHidden: true })).not.toContain('p@ss');
  });

  it('makes a new context only after a change', () => {
    const [cert, key] = [file('cert.pem', pair.cert), file('key.pem', pair.key)];
    const files = new RedisFiles({ cert, key });
    const first = files.secureContext;
    expect(files.secureContext).toBe(first);
    file('cert.pem', other.cert);
    expect(files.secureContext).toBe(first);
    file('key.pem', other.key);
    expect(files.secureContext).not.toBe(first);
  });

  it('has neither password nor context without files', () => {
    const files = new RedisFiles({});
    expect([files.password, files.secureContext]).toEqual([null, null]);
  });
});

function makePipe(): string {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}
