import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);
const npmPack = (args: readonly string[], cwd: string) =>
  // The package contains what the tests run. Its own build would remove the programs that other tests run.
  run('npm', ['pack', '--ignore-scripts', '--json', ...args], { cwd, maxBuffer: 1 << 26 });

let folder: string;
let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

/** Packs the project, and unpacks it with its dependencies alone where `npm install` puts it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ims-token-package-'));
  const modules = join(folder, 'node_modules');
  const unpacked = join(modules, 'ims-token-service');
  await mkdir(unpacked, { recursive: true });
  await npmPack(['--pack-destination', folder], ROOT);
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? 'no tarball';
  await run('tar', ['-xzf', join(folder, tarball), '--strip-components=1', '-C', unpacked]);
  const manifest = JSON.parse(await readFile(join(unpacked, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
    dependencies: Record<string, string>;
  };
  for (const name of Object.keys(manifest.dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
  await mkdir(join(modules, '.bin'));
  await symlink(
    join('../ims-token-service', manifest.bin['ims-token'] ?? ''),
    join(modules, '.bin/ims-token'),
  );
  workplace = await makeWorkplace();
  await writeFile(join(folder, 'aem-dev.json'), await workplace.addCredential('aem-dev'));
  await writeFile(join(folder, 'demo.key'), DEMO_KEY);
  service = await workplace.startService();
  await ready(service);
});

afterAll(async () => {
  await workplace.close();
  await rm(folder, { recursive: true });
});

const imsToken = (...args: string[]) =>
  run('node_modules/.bin/ims-token', args, {
    cwd: folder,
    env: {
      PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
      HOME: '/nonexistent',
      IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
    },
  });

describe('the packed command line in an empty folder', () => {
  it.each([
    ['shows its help', ['--help'], /ims-token check FILE/],
    [
      'makes a key',
      ['caller-key', 'catalog-sync', '--tokens', 'aem-*', '--out', 'made.key'],
      /- name: "catalog-sync"/,
    ],
    ['checks a document', ['check', 'aem-dev.json'], /AEM service credentials \(jwt\)/],
  ])('%s', async (_, args, output) => {
    expect((await imsToken(...args)).stdout).toMatch(output);
  });

  it('requests a token', async () => {
    const { stdout } = await imsToken('get', 'aem-dev', '--url', service.origin, '--key-file', 'demo.key');
    expect(stdout).toMatch(/^ey[\w.-]+\n$/);
  });

  it('explains a mistake without a stack', async () => {
    const failure = imsToken('check', 'missing.json');
    await expect(failure).rejects.toMatchObject({
      code: 2,
      stderr: expect.not.stringContaining(' at ') as string,
    });
  });
});

describe('documents, keys and tokens in the folder of the project', () => {
  const SECRETS = [
    'secrets/aem-dev.json',
    'secrets/service.env',
    'secrets/catalog-sync.key',
    'secrets/token.json',
    'secrets/deeper/oauth.json',
    'catalog-sync.key',
    'service.env',
    'redis.pem',
    '.sandbox/caller-key',
  ];
  let project: string;

  beforeAll(async () => {
    project = join(folder, 'project');
    for (const name of ['package.json', '.gitignore', '.npmrc', 'README.md', 'apps/cli/bin'])
      await cp(join(ROOT, name), join(project, name), { recursive: true });
    for (const name of [...SECRETS, 'aem-dev.json']) {
      await mkdir(dirname(join(project, name)), { recursive: true });
      await writeFile(join(project, name), 'secret');
    }
  });

  it('are not in the package, not even in the wrong folder', async () => {
    const { stdout } = await npmPack(['--dry-run'], project);
    const [packed] = JSON.parse(stdout) as { files: { path: string }[] }[];
    expect(packed?.files.map(({ path }) => path).toSorted()).toEqual([
      'README.md',
      'apps/cli/bin/ims-token.js',
      'package.json',
    ]);
  });

  it('are ignored by git', async () => {
    await run('git', ['init', '--quiet'], { cwd: project });
    const { stdout } = await run('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: project });
    const seen = stdout.split('\n').map((line) => line.slice(3));
    expect(SECRETS.filter((name) => seen.includes(name))).toEqual([]);
    expect(seen).toContain('package.json');
  });
});
