import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/**
 * The oldest Node this machine has that the client supports, for what is installed elsewhere: `npm run` puts the
 * project's own Node in front of the machine's, which may be a Node 20.
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

/** 20.03 of `v20.3.1`; 0 of what is no Node. */
function versionOf(path: string): number {
  const said = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '';
  const [, major = '0', minor = '0'] = /^v(\d+)\.(\d+)\./.exec(said) ?? [];
  return Number(major) + Number(minor) / 100;
}
