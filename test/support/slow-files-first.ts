import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take more than ten seconds of wall time. A long file that starts last ends the run alone. */
const SLOW_FILES = [
  'test/e2e/local-dev.spec.ts',
  'test/docs/commands.spec.ts',
  'test/simulation/simulation.spec.ts',
  'test/e2e/rotation.spec.ts',
  'test/chaos/messages.spec.ts',
  'test/chaos/redis.spec.ts',
  'test/chaos/replicas.spec.ts',
  'test/chaos/redis-commands.spec.ts',
  'test/conformance/oauth/rotations.spec.ts',
];

/** Starts the slow files first, then the rest of the system specs, then the unit specs. */
export class SlowFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    // A stable sort: within one rank the order of vitest stays, which knows the durations of the last run.
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

/** Workers are shared within a project only, so that the files of one project stand together. */
function rankOf({ moduleId, project }: TestSpecification): number {
  if (project.name === 'unit') return SLOW_FILES.length + 1;
  const place = SLOW_FILES.findIndex((file) => moduleId.endsWith(`/${file}`));
  return place === -1 ? SLOW_FILES.length : place;
}
