import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { inject } from 'vitest';

import type { ScenarioId } from './scenarios.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which a chaos run collects what its scenarios measured. */
    measurements: string;
  }
}

/** Records what a scenario measured, for the page that a chaos run writes. Does nothing in `npm test`. */
export async function measured(scenario: ScenarioId, ...said: readonly string[]): Promise<void> {
  const folder = inject('measurements') as string | undefined;
  if (folder !== undefined) await writeFile(join(folder, scenario), said.join('; '));
}

/** A length of time for people. */
export const inSeconds = (milliseconds: number): string =>
  milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;

/** How long something takes, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
