import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from 'vitest';

import { root } from './support/pages.ts';

const run = promisify(execFile);

interface Project {
  readonly type: string;
  readonly root: string;
  readonly sourceRoot: string;
  readonly entryFile: string;
}
const { projects } = JSON.parse(readFileSync(join(root, 'nest-cli.json'), 'utf8')) as {
  projects: Record<string, Project>;
};

/** Lists the files that `npx nest generate` would write. */
async function generate(...args: readonly string[]): Promise<string[]> {
  const { stdout } = await run('npx', ['nest', 'generate', ...args, '--dry-run'], { cwd: root });
  return [...stdout.matchAll(/^CREATE (\S+)/gm)].map(([, path = '']) => path).toSorted();
}

describe('nest-cli.json', () => {
  it('lists every app and every library', () => {
    const folders = globSync('{apps,libs}/*/src', { cwd: root }).map((path) => path.replace(/\/src$/, ''));
    expect(Object.values(projects).map((project) => project.root)).toHaveLength(folders.length);
    expect(new Set(Object.values(projects).map((project) => project.root))).toEqual(new Set(folders));
  });

  it.each(Object.entries(projects))('names the type and the entry file of %s', (name, project) => {
    const type = project.root.startsWith('apps/') ? 'application' : 'library';
    expect(project).toMatchObject({ type, sourceRoot: `${project.root}/src` });
    expect(project.root.endsWith(`/${name}`)).toBe(true);
    expect(existsSync(join(root, project.sourceRoot, `${project.entryFile}.ts`))).toBe(true);
  });

  it('makes "nest generate" put a service and its spec into the feature folder of an app', async () => {
    expect(await generate('service', 'status/probe', '--flat', '--project', 'token-service')).toEqual([
      'apps/token-service/src/status/probe.service.spec.ts',
      'apps/token-service/src/status/probe.service.ts',
    ]);
  });

  it('makes "nest generate" put a class and its spec into the folder of a library', async () => {
    expect(await generate('class', 'serving/probe', '--flat', '--project', 'tokens')).toEqual([
      'libs/tokens/src/serving/probe.spec.ts',
      'libs/tokens/src/serving/probe.ts',
    ]);
  });
});
