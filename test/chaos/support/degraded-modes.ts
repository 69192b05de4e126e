import { readFile } from 'node:fs/promises';

import { format, resolveConfig } from 'prettier';

import { SCENARIOS } from './scenarios.ts';

const PAGE = new URL('../../../docs/degraded-modes.md', import.meta.url);

const HEAD = `# Degraded modes

What fails, what callers and operators see of it, and for how long. This page is written by \`npm run chaos\`, which makes all of it happen to real processes:
replicas of the built service, Redis alone, with Sentinels and as a Cluster of six nodes, the IMS sandbox with short-lived tokens, and callers that use each
token at the sandbox's AEM at once. The first three columns are held by the run's assertions; the last is what the latest run measured in which
they held, on whatever machine that was, and no promise. Tokens live 20 to 30 seconds in most runs instead of a day, and every duration of the service scales with that.

"Wrong" is a token that AEM refuses before the end of the life it came with, or a refusal while a servable token was known to exist.

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
