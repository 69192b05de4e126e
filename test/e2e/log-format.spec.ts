import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { endWithUs } from '../support/end-with-us.ts';
import { built, runToEnd } from '../support/process.ts';

const LAST_LINE_OF_BANNER = 'Ctrl-C stops everything.';
const FREE_PORTS = { PORT: '0', IMS_SANDBOX_PORT: '0' };

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'log-format-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/**
 * Runs the program of `npm start` until its banner is complete, and returns everything it has printed until
 * it ended. `script` runs it on a pseudo-terminal; it answers with line ends `\r\n`.
 */
function outputOf(where: 'terminal' | 'pipe', env: Record<string, string> = {}): Promise<string> {
  const program = `exec '${process.execPath}' '${built('local-dev')}'`;
  const [command, args]: [string, string[]] =
    where === 'terminal'
      ? ['script', ['--quiet', '--flush', '--return', '--command', program, '/dev/null']]
      : ['sh', ['-c', program]];
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', SHELL: '/bin/sh', TERM: 'xterm', ...FREE_PORTS, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    endWithUs(child);
    let output = '';
    let isStopping = false;
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (isStopping || !output.includes(LAST_LINE_OF_BANNER)) return;
      isStopping = true;
      // Ctrl-C as a terminal sends it.
      if (where === 'terminal') child.stdin.write('\u0003');
      else child.kill('SIGINT');
    });
    child.once('error', reject);
    child.once('close', () => resolve(output.replaceAll('\r\n', '\n')));
  });
}

const beforeBanner = (output: string): string => output.slice(0, output.indexOf('  Token service   http'));
const START = ['listening on http', 'token minted', 'warm-up done'];

describe('npm start on a terminal', () => {
  it('prints lines for people in colour, and the banner after all lines of the start', async () => {
    const output = await outputOf('terminal');
    const start = beforeBanner(output);
    for (const text of START) expect(start).toContain(text);
    expect(start).toContain('\u001B[32m');
    expect(output).not.toMatch(/^\{/m);
    const afterStart = stripVTControlCharacters(output.slice(output.indexOf('warm-up done')));
    expect(afterStart).toMatch(/^warm-up done ready=true\n\n {2}Token service {3}http/);
    expect(stripVTControlCharacters(start)).toMatch(
      /^\d\d:\d\d:\d\d INFO {2}token minted credential=aem-dev /m,
    );
  });

  it.each([
    ['prints no colours', { NO_COLOR: '1' }, /^\d\d:\d\d:\d\d INFO {2}token minted credential=aem-dev /m],
    ['prints JSON', { LOG_FORMAT: 'json' }, /^\{"level":"info",.*"event":"token\.minted"/m],
  ])('%s with %j', async (_, env, line) => {
    const output = await outputOf('terminal', env);
    expect(output).toMatch(line);
    expect(beforeBanner(output)).not.toContain('\u001B');
    expect(output).toContain(LAST_LINE_OF_BANNER);
  });
});

describe('npm start in a pipe', () => {
  it('prints one JSON object a line, and then the banner', async () => {
    const lines = beforeBanner(await outputOf('pipe'))
      .trim()
      .split('\n');
    const events = lines.map((line) => (JSON.parse(line) as { event: string }).event);
    expect(events).toEqual(expect.arrayContaining(['listening', 'token.minted']));
    expect(events.at(-1)).toBe('warm-up.done');
  });

  it('prints lines for people without colours with LOG_FORMAT=pretty', async () => {
    const output = await outputOf('pipe', { LOG_FORMAT: 'pretty' });
    expect(output).toMatch(/^\d\d:\d\d:\d\d INFO {2}token minted credential=aem-dev /m);
    expect(output).not.toContain('\u001B');
  });

  it('ends with the message of the service for another LOG_FORMAT', async () => {
    const { code, stderr } = await runToEnd('local-dev', { ...FREE_PORTS, LOG_FORMAT: 'PRETTY' }, folder);
    expect(code).toBe(78);
    expect(stderr).toContain('- LOG_FORMAT: must be auto, json or pretty');
  });
});
