import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/**
 * The path of the oldest Node.js on this machine that the client supports. `npm run` puts the project's own
 * Node.js first in the path, and the machine's may be a Node.js 20.
 */
export function oldestNode(): string {
  const nodes = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'node'))
    .map((path) => ({ path, version: versionOf(path) }))
    .filter(({ version }) => version >= 20.03);
  return nodes.reduce((oldest, node) => (node.version < oldest.version ? node : oldest), {
    path: process.execPath,
    version: versionOf(process.execPath),
  }).path;
}

/** Returns 20.03 for `v20.3.1`, and 0 for a program that is not Node.js. */
function versionOf(path: string): number {
  const output = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const [, major = '0', minor = '0'] = /^v(\d+)\.(\d+)\./.exec(output) ?? [];
  return Number(major) + Number(minor) / 100;
}
