import { defineConfig } from 'vitest/config';

export default defineConfig({
  oxc: { decorator: { legacy: true } },
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  test: {
    // The short ones run in `npm test` too; all of them measure what the page says.
    include: ['test/chaos/**/*.{chaos,spec}.ts'],
    reporters: ['default', './test/closing-line-reporter.ts'],
    globalSetup: ['./test/support/ensure-programs.ts', './test/chaos/support/write-degraded-modes.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 1_800_000,
    hookTimeout: 60_000,
    // Nothing may hang on a machine that is merely slow; nothing may pass because it never ran.
    passWithNoTests: false,
    allowOnly: false,
  },
});
