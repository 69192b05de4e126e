import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { root } from './support/pages.ts';

/** The text of a file of the project; empty for a missing one. */
const read = (path: string): string =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '';

const PAGES_ABOUT_CODE = ['CONTRIBUTING.md', 'README.md', ...globSync('docs/**/*.md', { cwd: root })];

/** A path in backticks. A path with a capital, a brace or a star stands for many names and is not matched. */
const PATH = /`((?:apps|libs|test|tools|bench|deploy|docs)\/[a-z0-9./_-]+)`/g;

/** An arrow of a sequence diagram: `token-route.ts · register`. */
const ARROW = /([a-z0-9-]+\.ts) · (\w+)/g;
const sources = globSync('{apps,libs}/*/src/**/*.ts', { cwd: root });

describe('a path of code in a page', () => {
  it.each(PAGES_ABOUT_CODE)('exists, in %s', (page) => {
    const paths = [...read(page).matchAll(PATH)].map(([, path = '']) => path);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

describe('docs/architecture.md', () => {
  const page = read('docs/architecture.md');

  it('names a function of the named file at each arrow of a diagram', () => {
    const arrows = [...page.matchAll(ARROW)];
    expect(arrows.length).toBeGreaterThan(30);
    const wrong = arrows.filter(
      ([, file = '', name = '']) =>
        !sources.some(
          (path) => basename(path) === file && new RegExp(String.raw`\b${name}\b *[(<=]`).test(read(path)),
        ),
    );
    expect(wrong.map(([arrow]) => arrow)).toEqual([]);
  });

  it('names constants and functions that are in the named file', () => {
    const rows = [...page.matchAll(/^\| `(\w+)`.*`((?:apps|libs)\/[^`]+\.ts)`\s+\|$/gm)];
    expect(rows.length).toBeGreaterThan(30);
    const wrong = rows.filter(([, name = '', path = '']) => !new RegExp(`\\b${name}\\b`).test(read(path)));
    expect(wrong.map(([, name, path]) => `${name} in ${path}`)).toEqual([]);
  });
});
