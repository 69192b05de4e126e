import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startLocalDev, type LocalDev } from '../support/local-dev.ts';
import { eventually } from '../support/eventually.ts';

const run = promisify(execFile);

let localDev: LocalDev;
let key: string;

beforeAll(async () => {
  localDev = await startLocalDev();
  key = await readFile(join(localDev.folder, '.sandbox/caller-key'), 'utf8');
});

afterAll(() => localDev.close());

const inSandbox = (path: string): string => join(localDev.folder, '.sandbox', path);
const requestToken = (): Promise<Response> =>
  fetch(`${localDev.serviceOrigin}/v1/tokens/aem-dev`, { headers: { authorization: `Bearer ${key}` } });
const control = (method: string, path: string, body: unknown): Promise<Response> =>
  fetch(`${localDev.imsOrigin}/sandbox${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('npm start', () => {
  it('prints curl lines that work unchanged in any folder', async () => {
    const lines = localDev.output().match(/^ {4}curl .*$/gm) ?? [];
    expect(lines).toHaveLength(3);
    const answers: unknown[] = [];
    for (const line of lines) {
      const { stdout } = await run('bash', ['-c', `${line} -sS`], { cwd: '/' });
      answers.push(JSON.parse(stdout));
    }
    expect(answers).toMatchObject([
      { token_type: 'Bearer' },
      { path: '/aem/content.json' },
      { credentials: [{ name: 'aem-dev', state: 'healthy' }] },
    ]);
  });

  it('listens on this machine only', () => {
    expect([localDev.serviceOrigin, localDev.imsOrigin].map((origin) => new URL(origin).hostname)).toEqual([
      '127.0.0.1',
      '127.0.0.1',
    ]);
  });

  it('makes its secrets readable for the user only', async () => {
    const files = ['caller-key', 'encryption-key', 'credentials/aem-dev.json'];
    const modes = await Promise.all(files.map(async (path) => (await stat(inSandbox(path))).mode & 0o777));
    expect(modes).toEqual(files.map(() => 0o600));
  });

  it('vends only valid tokens over several lifetimes, while the sandbox fails at times', async () => {
    const lifetime = 12;
    await control('PUT', '/settings', { tokenLifetimeSeconds: lifetime });
    // The service exchanges a new version of the document at once, so tokens expire after seconds from now
    // on.
    const document = await readFile(inSandbox('credentials/aem-dev.json'), 'utf8');
    await writeFile(inSandbox('credentials/aem-dev.json'), `${document}\n`);
    await eventually(
      async () => ((await (await requestToken()).json()) as { expires_in: number }).expires_in,
      (seconds) => seconds <= lifetime,
    );
    const faults = [
      { kind: 'status', status: 500, times: 2 },
      { kind: 'html', times: 1 },
      { kind: 'hang', times: 1 },
      { kind: 'status', status: 429, retryAfter: 1, times: 1 },
      { kind: 'malformed', times: 1 },
      { kind: 'drop', times: 1 },
    ];
    const tokens = new Set<string>();
    const end = performance.now() + 3.5 * lifetime * 1000;
    while (performance.now() < end) {
      const asked = performance.now();
      const answer = await requestToken();
      expect(answer.status).toBe(200);
      const { access_token: token, expires_in: expiresIn } = (await answer.json()) as {
        access_token: string;
        expires_in: number;
      };
      expect(expiresIn).toBeGreaterThanOrEqual(1);
      if (!tokens.has(token))
        await control('PUT', '/faults', { faults: faults.slice(tokens.size % faults.length).slice(0, 1) });
      tokens.add(token);
      const aem = await fetch(`${localDev.imsOrigin}/aem/`, {
        headers: { authorization: `Bearer ${token}` },
      });
      // If the machine paused for longer than the token's remaining lifetime, AEM may refuse the token.
      const isInTime = performance.now() - asked < expiresIn * 1000;
      expect(isInTime ? aem.status : 200).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(tokens.size).toBeGreaterThanOrEqual(4);
    expect(localDev.output()).toContain('"event":"exchange.failed"');
  }, 180_000);

  it('stops on Ctrl-C, and a second start uses the same account and key', async () => {
    const before = await readFile(inSandbox('callers.yaml'), 'utf8');
    expect(await localDev.ctrlC()).toBe(0);
    localDev = await startLocalDev(localDev.folder);
    expect((await requestToken()).status).toBe(200);
    expect(await readFile(inSandbox('callers.yaml'), 'utf8')).toBe(before);
  });
});
