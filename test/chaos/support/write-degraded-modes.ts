import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { degradedModesPage } from './degraded-modes.ts';

const PAGE = new URL('../../../docs/degraded-modes.md', import.meta.url);

/** Around a chaos run: collects what its scenarios measure, and writes the page from it. */
export default async function writeDegradedModes(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-measured-'));
  project.provide('measurements', folder);
  return async () => {
    const ids = await readdir(folder);
    const measured = await Promise.all(
      ids.map(async (id) => [id, await readFile(join(folder, id), 'utf8')] as const),
    );
    await rm(folder, { recursive: true });
    if (measured.length > 0) await writeFile(PAGE, await degradedModesPage(new Map(measured)));
  };
}
