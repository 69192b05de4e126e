import { availableParallelism } from 'node:os';

import { defineConfig } from 'vitest/config';

import { SlowFilesFirst } from './test/support/slow-files-first.ts';

const UNIT_SPECS = ['libs/**/*.spec.ts', 'apps/**/*.spec.ts', 'tools/**/*.spec.ts'];

export default defineConfig({
  oxc: { decorator: { legacy: true } },
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  test: {
    reporters: ['default', './test/closing-line-reporter.ts'],
    sequence: { sequencer: SlowFilesFirst },
    // Most system specs wait for a process or a token lifetime, so more of them run than there are cores.
    maxWorkers: 2 * availableParallelism(),
    // Specs leave no global state behind, so the files of a worker share their imports. Importing everything
    // again in each file takes more CPU time than the tests of most files.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A run without tests is an error, and so is an `it.only` that was left behind.
    passWithNoTests: false,
    allowOnly: false,
    projects: [
      { extends: true, test: { name: 'unit', include: UNIT_SPECS, pool: 'threads' } },
      // The simulation replaces the global timers, so it shares its process with no other file.
      {
        extends: true,
        test: { name: 'simulation', include: ['test/simulation/**/*.spec.ts'], pool: 'forks', isolate: true },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['test/**/*.spec.ts'],
          exclude: ['test/simulation/**'],
          globalSetup: ['./test/support/ensure-programs.ts'],
          pool: 'forks',
        },
      },
    ],
  },
});
