import { execFile, spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { DEMO_KEY, makeWorkplace, ready, type RunningService } from '../support/token-service.ts';
import { oldestNode } from './support/old-node.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

let folder: string;
let project: string;
let workplace: Awaited<ReturnType<typeof makeWorkplace>>;
let service: RunningService;

/** Packs the library as a maintainer does, and installs it outside this repository as a user does. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-package-'));
  const repository = join(folder, 'repository');
  const packed = join(repository, 'libs/client');
  project = join(folder, 'project');
  await mkdir(project);
  await cp(join(root, 'tsconfig.json'), join(repository, 'tsconfig.json'));
  await cp(join(root, 'libs/client'), packed, { recursive: true, filter: (path) => !path.endsWith('/dist') });
  await symlink(join(root, 'node_modules'), join(repository, 'node_modules'));
  await run('npm', ['pack', '--pack-destination', project], { cwd: packed });
  const [tarball = ''] = await readdir(project);
  await writeFile(join(project, 'package.json'), '{"private":true,"type":"module"}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`], { cwd: project });
  workplace = await makeWorkplace();
  await workplace.addCredential('aem-dev');
  service = await workplace.startService();
  await ready(service);
});
afterAll(async () => {
  await workplace.close();
  await rm(folder, { recursive: true });
});

const PROGRAM = `
import { createTokenClient, TokenServiceError } from '@ims-token-service/client';
const { URL_OF_SERVICE: url, KEY: key, AEM: aem } = process.env;
const tokens = createTokenClient({ url, credential: 'aem-dev', auth: { key } });
const response = await tokens.fetch(aem);
const failure = await createTokenClient({ url, credential: 'none', auth: { key } }).getToken().catch((e) => e);
console.log(response.status, failure instanceof TokenServiceError, failure.code);
`;

const TYPED = `
import { createTokenClient, TokenServiceError } from '@ims-token-service/client';
import type { CallerAuth, GetTokenOptions, TokenClient, TokenClientOptions } from '@ims-token-service/client';
const auth: CallerAuth = { jwtFile: '/var/run/secrets/tokens/ims' };
const options: TokenClientOptions = { url: 'https://tokens.example', credential: 'aem-dev', auth };
const tokens: TokenClient = createTokenClient(options);
const wanted: GetTokenOptions = { minTtl: 60, signal: AbortSignal.timeout(1000) };
export const token: string = await tokens.getToken(wanted);
export const response: Response = await tokens.fetch(new URL('https://author.example'), { method: 'HEAD' });
for await (const next of tokens.watch()) next.toUpperCase();
export const status = (error: unknown): number | null => (error instanceof TokenServiceError ? error.status : null);
// @ts-expect-error: auth needs a key or a token
createTokenClient({ url: 'https://tokens.example', credential: 'aem-dev', auth: {} });
`;

describe('the package @ims-token-service/client', () => {
  it('works in plain JavaScript on the oldest Node.js of this machine', async () => {
    await writeFile(join(project, 'program.js'), PROGRAM);
    const env = { URL_OF_SERVICE: service.origin, KEY: DEMO_KEY, AEM: `${workplace.imsOrigin}/aem/x.json` };
    const { stdout, stderr } = await run(oldestNode(), ['program.js'], { cwd: project, env });
    expect([stdout, stderr]).toEqual(['200 true credential_not_found\n', '']);
  });

  it('runs the first lines of its README', async () => {
    const readme = await readFile(join(project, 'node_modules/@ims-token-service/client/README.md'), 'utf8');
    const lines = (/```js\n(.*?)```/s.exec(readme)?.[1] ?? '')
      .replace('https://tokens.example', service.origin)
      .replace('https://author-p1-e2.adobeaemcloud.com', `${workplace.imsOrigin}/aem`);
    await writeFile(join(project, 'readme.js'), `${lines}\nconsole.log(response.status);\n`);
    const env = { IMS_TOKENS_KEY: DEMO_KEY };
    const { stdout } = await run(oldestNode(), ['readme.js'], { cwd: project, env });
    expect(stdout).toBe('200\n');
  });

  it('documents each of its error codes in its README', async () => {
    const installed = join(project, 'node_modules/@ims-token-service/client');
    const files = (await readdir(join(installed, 'dist'))).filter((file) => file.endsWith('.js'));
    const sources = await Promise.all(files.map((file) => readFile(join(installed, 'dist', file), 'utf8')));
    const codes = sources.flatMap((text) =>
      [...text.matchAll(/code: '(\w+)'/g)].map(([, code = '']) => code),
    );
    const readme = await readFile(join(installed, 'README.md'), 'utf8');
    expect(codes.length).toBeGreaterThan(4);
    expect(codes.filter((code) => !readme.includes(`| \`${code}\` `))).toEqual([]);
  });

  it.each([
    ['browsers', ['ES2022', 'DOM', 'DOM.AsyncIterable'], []],
    ['Node', ['ES2022'], ['node']],
  ])('has types that compile with --strict and the types of %s', async (_what, lib, types) => {
    const typeRoots = [join(root, 'node_modules/@types')];
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      module: 'NodeNext',
      target: 'ES2022',
      skipLibCheck: false,
      lib,
      types,
      typeRoots,
    };
    await writeFile(join(project, 'program.ts'), TYPED);
    await writeFile(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, files: ['program.ts'] }),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, '']);
  });

  it('contains only the build, without specs, and has no dependencies', async () => {
    const installed = join(project, 'node_modules/@ims-token-service/client');
    const files = await readdir(installed, { recursive: true });
    expect(
      files.filter((file) => !/^(dist|dist\/.*\.(js|d\.ts)|package\.json|README\.md|LICENSE)$/.test(file)),
    ).toEqual([]);
    expect(files.filter((file) => file.includes('.spec.'))).toEqual([]);
    expect(files).toContain('README.md');
    const { dependencies, engines } = JSON.parse(
      await readFile(join(installed, 'package.json'), 'utf8'),
    ) as Record<string, unknown>;
    expect([dependencies, engines]).toEqual([undefined, { node: '>=20.3' }]);
  });
});
