import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';

import { expect, it } from 'vitest';

import { endWithUs } from '../support/end-with-us.ts';

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
const PROGRAM = /dist\/apps\/(?:token-service|ims-sandbox|local-dev)\/src\/main\.js/;

it.each([
  ['package.json', 3],
  ['Dockerfile', 2],
  ['docker-compose.yml', 1],
  ['deploy/helm/ims-token-service/templates/_helpers.tpl', 1],
])('disables the inspector in each start command of %s', async (path, count) => {
  const commands = (await read(path)).split('\n').filter((line) => PROGRAM.test(line));
  expect(commands).toHaveLength(count);
  expect(commands.filter((line) => !/node\W+--disable-sigusr1\b/.test(line))).toEqual([]);
});

it('disables the inspector in the child processes of npm start', async () => {
  expect(await read('apps/local-dev/src/child.ts')).toContain("['--disable-sigusr1',");
});

it('npm run start:prod: the service opens no inspector at SIGUSR1 and goes on', async () => {
  const { scripts } = JSON.parse(await read('package.json')) as { scripts: Record<string, string> };
  const [, ...args] = (scripts['start:prod'] ?? '').split(' ');
  const child = spawn(process.execPath, args, {
    cwd: new URL('../../', import.meta.url),
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      CREDENTIAL_SOURCE: 'files',
      CREDENTIAL_DIR: 'test/deploy',
      CALLERS_FILE: 'test/deploy/support/no-callers.yaml',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithUs(child);
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints += String(chunk)));
  const ended = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('"event":"listening"')) {
      child.kill('SIGUSR1');
      child.kill('SIGTERM');
    }
  }
  const [code] = (await ended) as [number | null];
  expect([code, complaints]).toEqual([0, '']);
});
