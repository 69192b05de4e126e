import { readFile } from 'node:fs/promises';

import { format, resolveConfig } from 'prettier';

import { SCENARIOS } from './scenarios.ts';

const PAGE = new URL('../../../docs/degraded-modes.md', import.meta.url);

const HEAD = `# Degraded modes

What fails, what callers and operators see of it, and for how long. \`npm run chaos\` writes this page and makes each
failure happen to real processes: replicas of the built service, Redis alone, with Sentinels and as a Cluster of six
nodes, and the IMS sandbox with short-lived tokens. The callers use each token at the AEM of the sandbox at once. The
assertions of the run hold the first three columns. The last column is a measurement of the latest passing run on one
machine, and no promise. In most runs tokens are valid for 20 to 30 seconds instead of a day, and every duration of the
service scales with that.

"Wrong" is a token that AEM rejects before its expiry, or a refusal while a valid token existed.

| scenario | what fails | what callers see | what operators see | measured |
| --- | --- | --- | --- | --- |
`;

/** The page, with what was measured now; a scenario that did not run keeps what the page says of it. */
export async function degradedModesPage(measured: ReadonlyMap<string, string>): Promise<string> {
  const before = await measuredBefore();
  const rows = Object.entries(SCENARIOS).map(([id, { fails, callers, operators }]) => {
    const cells = [`\`${id}\``, fails, callers, operators, measured.get(id) ?? before.get(id) ?? 'not yet'];
    return `| ${cells.join(' | ')} |\n`;
  });
  const options = await resolveConfig(PAGE);
  return format(`${HEAD}${rows.join('')}`, { ...options, parser: 'markdown' });
}

async function measuredBefore(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(PAGE, 'utf8').catch(() => '');
  const rows = text.matchAll(/^\| `([^`]+)`.*\| ([^|]*?) *\|$/gm);
  return new Map([...rows].map(([, id = '', cell = '']) => [id, cell]));
}
