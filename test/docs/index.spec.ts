import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { root } from './support/pages.ts';

const index = readFileSync(join(root, 'docs/README.md'), 'utf8');
const pages = globSync('**/*.md', { cwd: join(root, 'docs') })
  .filter((page) => page !== 'README.md')
  .toSorted();

describe('docs/README.md', () => {
  it.each(pages)('links to docs/%s', (page) => {
    expect(index).toContain(`](${page})`);
  });
});
