import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { DEMO_KEY, makeWorkplace, ready } from '../support/token-service.ts';
import { commandBlocks } from './support/pages.ts';

const CALLERS = `callers:
  - name: demo
    apiKeySha256: ["${hash('sha256', DEMO_KEY, 'hex')}"]
    tokens: ["*"]
  - name: other
    apiKeySha256: ["${hash('sha256', 'key-of-other', 'hex')}"]
    tokens: ["*"]
`;
const PATH = '/v1/tokens/aem-dev';

let folder: string;
let sha256: string;
const blocks = commandBlocks('docs/incidents.md')
  .filter(({ runBy }) => runBy === 'test/docs/incidents.spec.ts')
  .map(({ text }) => text);

/** Runs one block of the page in the folder of the log and the leaked token. */
const follow = (number: number, env: Record<string, string> = {}): string[] =>
  execFileSync('bash', ['-euo', 'pipefail', '-c', blocks[number] ?? 'exit 9'], {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '');

/** The log of a service: `demo` got the token twice, `other` once, and one request was not authenticated. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'incident-'));
  const workplace = await makeWorkplace(CALLERS);
  await workplace.addCredential('aem-dev');
  await workplace.addCredential('aem-stage');
  const service = await workplace.startService();
  await ready(service);
  const token = await (await service.get(PATH, { accept: 'text/plain' })).text();
  await service.get(PATH);
  await service.get(PATH, { authorization: 'Bearer key-of-other' });
  await service.get(PATH, { authorization: 'Bearer key-of-nobody' });
  await service.get('/v1/tokens/aem-stage');
  const asked = async (): Promise<number> => service.logLines.join('').split('"token.requested"').length - 1;
  await eventually(asked, (count) => count === 5);
  await writeFile(join(folder, 'service.log'), ['not JSON\n', ...service.logLines].join(''));
  await mkdir(join(folder, 'secrets'));
  await writeFile(join(folder, 'secrets/leaked-token'), `${token}\n`);
  sha256 = hash('sha256', token, 'hex');
  await workplace.close();
});
afterAll(() => rm(folder, { recursive: true }));

describe('docs/incidents.md', () => {
  it('computes the SHA-256 of a leaked token', () => {
    expect(follow(0)).toEqual([sha256]);
  });

  it('finds the callers that got a token', () => {
    const rows = follow(1, { SHA256: sha256 }).map((row) => row.split('\t'));
    expect(rows.map(([caller, , , count]) => [caller, count])).toEqual([
      ['demo', '2'],
      ['other', '1'],
    ]);
  });

  it('finds the tokens that a caller got since the leak', () => {
    const rows = follow(2, { CALLER: 'demo', SINCE: '2026-01-01' }).map((row) => row.split('\t'));
    expect(new Set(rows.map(([credential]) => credential))).toEqual(new Set(['aem-dev', 'aem-stage']));
    expect(follow(2, { CALLER: 'demo', SINCE: '9999-01-01' })).toEqual([]);
  });

  it('lists every vended token of a credential', () => {
    expect(follow(3, { CREDENTIAL: 'aem-dev' })).toEqual([sha256]);
  });
});
