#!/usr/bin/env node
// The command line. In the repository it runs the source and needs no build; in the package there is only
// what was built, as Node.js runs no TypeScript inside node_modules.
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';

const source = new URL('../src/main.ts', import.meta.url);
const built = new URL('../../../dist/apps/cli/src/main.js', import.meta.url);

if (Number.parseInt(process.versions.node, 10) < 24) {
  process.stderr.write(
    `ims-token requires Node.js 24 or newer, and this is ${process.version}. With npx it runs on that of the package.\n`,
  );
  process.exitCode = 2;
} else if (existsSync(source)) {
  nodeModule.registerHooks({
    resolve: (specifier, context, nextResolve) =>
      nextResolve(specifier, { ...context, conditions: ['source', ...context.conditions] }),
  });
  await import(source.href);
} else {
  await import(built.href);
}
