// Every npm script runs this first. It must run on any Node.js from 12 on, and without any package.
'use strict';

const { existsSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const NODE_MAJOR = 24;
const BUNDLED = ['linux-x64', 'linux-arm64'];

const platform = `${process.platform}-${process.arch}`;
const hasBundledNode = BUNDLED.includes(platform);
const isOldNode = Number.parseInt(process.versions.node, 10) < NODE_MAJOR;
// npm writes this file at the end of an installation.
const isInstalled = existsSync(path.join(root, 'node_modules', '.package-lock.json'));

/** What to do first, or undefined. `build` as an argument: the script starts what `npm run build` writes. */
function nextStep() {
  if (!isInstalled && (hasBundledNode || !isOldNode)) return 'The packages are not installed. Run: npm ci';
  if (isOldNode)
    return hasBundledNode
      ? `Node.js ${NODE_MAJOR} is not installed (this is ${process.version}). Run: npm ci --include=optional`
      : `Node.js ${NODE_MAJOR} or newer is required (this is ${process.version}). Install it from https://nodejs.org`;
  if (process.argv.includes('build') && !existsSync(path.join(root, 'dist', 'apps')))
    return 'The service is not built. Run: npm run build';
  return undefined;
}

const step = nextStep();
if (step !== undefined) {
  process.stderr.write(`${step}\n`);
  process.exit(1);
}
