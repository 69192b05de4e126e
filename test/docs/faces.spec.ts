import { readdir, readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);

async function sources(folder: string): Promise<{ path: string; text: string }[]> {
  const paths = await readdir(new URL(folder, root), { recursive: true });
  return Promise.all(
    paths
      .filter((path) => path.endsWith('.ts'))
      .map(async (path) => ({
        path: `${folder}/${path}`,
        text: await readFile(new URL(`${folder}/${path}`, root), 'utf8'),
      })),
  );
}

describe('the index of each library', () => {
  it('exports only names that other code uses', async () => {
    const all = (await Promise.all(['apps', 'libs', 'test', 'bench'].map(sources))).flat();
    const faces = all.filter(({ path }) => /^libs\/[^/]+\/src\/index\.ts$/.test(path));
    expect(faces.length).toBeGreaterThanOrEqual(5);
    const unused = faces.flatMap(({ path, text }) => {
      const home = path.slice(0, path.indexOf('/src/'));
      const outside = all.filter((file) => !file.path.startsWith(`${home}/`)).map((file) => file.text);
      const names = [...text.matchAll(/export (?:type )?\{([^}]*)\}/g)]
        .flatMap(([, list = '']) => list.split(','))
        .map((name) => name.replace(/^\s*(type )?/, '').trim())
        .filter((name) => name !== '');
      return names
        .filter((name) => !outside.some((file) => new RegExp(`\\b${name}\\b`).test(file)))
        .map((name) => `${home}: ${name}`);
    });
    expect(unused).toEqual([]);
  });
});
