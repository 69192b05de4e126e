import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GUARD = 'node tools/check-setup.cjs';
/** The Dockerfile and other scripts run these. */
const INTERNAL = new Set(['copy-page', 'sbom', 'clean']);

const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const isHook = (name: string): boolean => name.startsWith('pre') && name.slice('pre'.length) in scripts;
const NAMES = Object.keys(scripts).filter((name) => !INTERNAL.has(name) && !isHook(name));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'setup-hints-'));
  for (const name of ['package.json', '.npmrc', 'tools/check-setup.cjs'])
    await cp(join(ROOT, name), join(folder, name));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

interface Machine {
  /** Of Node.js. */
  readonly version: string;
  readonly platform?: 'linux' | 'darwin';
  /** Whether `npm ci` has run. It has not installed Node.js. */
  readonly isInstalled?: boolean;
}

/** Puts a Node.js first on the PATH that has this version for scripts, not for npm. Returns the PATH. */
async function pathWithNode({ version, platform = 'linux' }: Machine): Promise<string> {
  const bin = join(folder, 'bin');
  const preload = join(bin, 'machine.cjs');
  const cannotRun = Number.parseInt(version, 10) < 22;
  await mkdir(bin, { recursive: true });
  await writeFile(
    preload,
    `if (!/np[mx]-cli/.test(process.argv[1])) {
       const set = (of, name, value) => Object.defineProperty(of, name, { value });
       set(process, 'versions', { ...process.versions, node: '${version}' });
       set(process, 'version', 'v${version}');
       set(process, 'platform', '${platform}');
       set(process, 'arch', '${platform === 'linux' ? 'x64' : 'arm64'}');
     }`,
  );
  await writeFile(
    join(bin, 'node'),
    `#!/bin/sh
     if [ "$1" = --run ] && ${cannotRun}; then echo "node: bad option: --run" >&2; exit 9; fi
     exec '${process.execPath}' --require '${preload}' "$@"`,
    { mode: 0o755 },
  );
  return `${bin}:${process.env['PATH']}`;
}

/** Runs an npm script in the folder, and returns what it prints besides npm's own lines. */
async function linesOf(script: string, machine: Machine): Promise<string[]> {
  if (machine.isInstalled === true) {
    await mkdir(join(folder, 'node_modules'));
    await writeFile(join(folder, 'node_modules/.package-lock.json'), '{}');
  }
  const env = { PATH: await pathWithNode(machine), HOME: folder };
  const output = await new Promise<string>((resolve, reject) => {
    execFile('npm', ['run', script], { cwd: folder, env }, (error, stdout, stderr) => {
      if (error === null) reject(new Error(`npm run ${script} succeeded: ${stdout}`));
      else resolve(`${stdout}${stderr}`);
    });
  });
  return output.split('\n').filter((line) => line !== '' && !line.startsWith('>'));
}

const NOT_INSTALLED = 'The packages are not installed. Run: npm ci';

describe('an npm script on a machine that is not set up', () => {
  it.each(NAMES)('%s checks the setup before everything else', (name) => {
    const [first = '', argument] = (scripts[`pre${name}`] ?? scripts[name] ?? '').split(' && ');
    const called = /^npm run (\S+)$/.exec(first)?.[1];
    expect(called === undefined ? [first, argument] : [scripts[called], called]).toContainEqual(
      expect.stringMatching(new RegExp(`^${GUARD}( build)?( && |$)`)),
    );
  });

  it.each<[string, string, Machine, string]>([
    ['start', 'Node 20, before npm ci', { version: '20.20.2' }, NOT_INSTALLED],
    ['test', 'Node 18, before npm ci', { version: '18.20.8' }, NOT_INSTALLED],
    ['check', 'Node 24, before npm ci', { version: '24.21.0' }, NOT_INSTALLED],
    [
      'start:dev',
      'Node 26 on macOS, before npm ci',
      { version: '26.0.0', platform: 'darwin' },
      NOT_INSTALLED,
    ],
    [
      'start',
      'Node 20 on macOS',
      { version: '20.20.2', platform: 'darwin' },
      'Node.js 24 or newer is required (this is v20.20.2). Install it from https://nodejs.org',
    ],
    [
      'build',
      'Node 20 on Linux without the Node.js of the project',
      { version: '20.20.2', isInstalled: true },
      'Node.js 24 is not installed (this is v20.20.2). Run: npm ci --include=optional',
    ],
    [
      'bench',
      'Node 22 on macOS, after npm ci',
      { version: '22.1.0', platform: 'darwin', isInstalled: true },
      'Node.js 24 or newer is required (this is v22.1.0). Install it from https://nodejs.org',
    ],
    [
      'start:prod',
      'Node 24, before the build',
      { version: '24.21.0', isInstalled: true },
      'The service is not built. Run: npm run build',
    ],
  ])('%s prints one line with the next command: %s', async (script, _, machine, line) => {
    expect(await linesOf(script, machine)).toEqual([line]);
  });
});
