import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startLaptop, type Laptop } from '../support/laptop.ts';
import { eventually } from '../support/eventually.ts';

const run = promisify(execFile);

let laptop: Laptop;
let key: string;

beforeAll(async () => {
  laptop = await startLaptop();
  key = await readFile(join(laptop.folder, '.sandbox/caller-key'), 'utf8');
});

afterAll(() => laptop.close());

const inSandbox = (path: string): string => join(laptop.folder, '.sandbox', path);
const askForToken = (): Promise<Response> =>
  fetch(`${laptop.serviceOrigin}/v1/tokens/aem-dev`, { headers: { authorization: `Bearer ${key}` } });
const control = (method: string, path: string, body: unknown): Promise<Response> =>
  fetch(`${laptop.imsOrigin}/sandbox${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('npm start', () => {
  it('prints lines that work as they stand, in any folder', async () => {
    const lines = laptop.output().match(/^ {4}curl .*$/gm) ?? [];
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
    expect([laptop.serviceOrigin, laptop.imsOrigin].map((origin) => new URL(origin).hostname)).toEqual([
      '127.0.0.1',
      '127.0.0.1',
    ]);
  });

  it('keeps its secrets to the user', async () => {
    const files = ['caller-key', 'encryption-key', 'credentials/aem-dev.json'];
    const modes = await Promise.all(files.map(async (path) => (await stat(inSandbox(path))).mode & 0o777));
    expect(modes).toEqual(files.map(() => 0o600));
  });

  it('hands out nothing but live tokens over several lifetimes, while the sandbox fails now and then', async () => {
    const lifetime = 12;
    await control('PUT', '/settings', { tokenLifetimeSeconds: lifetime });
    // A new version of the document is minted with at once: from here on tokens live for seconds.
    const document = await readFile(inSandbox('credentials/aem-dev.json'), 'utf8');
    await writeFile(inSandbox('credentials/aem-dev.json'), `${document}\n`);
    await eventually(
      async () => ((await (await askForToken()).json()) as { expires_in: number }).expires_in,
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
      const answer = await askForToken();
      expect(answer.status).toBe(200);
      const { access_token: token, expires_in: expiresIn } = (await answer.json()) as {
        access_token: string;
        expires_in: number;
      };
      expect(expiresIn).toBeGreaterThanOrEqual(1);
      if (!tokens.has(token))
        await control('PUT', '/faults', { faults: faults.slice(tokens.size % faults.length).slice(0, 1) });
      tokens.add(token);
      const aem = await fetch(`${laptop.imsOrigin}/aem/`, { headers: { authorization: `Bearer ${token}` } });
      // A machine that stood still for longer than the token had left proves nothing.
      const isProof = performance.now() - asked < expiresIn * 1000;
      expect(isProof ? aem.status : 200).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(tokens.size).toBeGreaterThanOrEqual(4);
    expect(laptop.output()).toContain('"event":"exchange.failed"');
  }, 180_000);

  it('stops on Ctrl-C, and a second start knows the same account and key', async () => {
    const before = await readFile(inSandbox('callers.yaml'), 'utf8');
    expect(await laptop.ctrlC()).toBe(0);
    laptop = await startLaptop(laptop.folder);
    expect((await askForToken()).status).toBe(200);
    expect(await readFile(inSandbox('callers.yaml'), 'utf8')).toBe(before);
  });
});
