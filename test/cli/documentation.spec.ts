import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { EXIT } from '../../apps/cli/src/exit-codes.ts';
import { callerKey } from '../../apps/cli/src/commands/caller-key.ts';
import { check } from '../../apps/cli/src/commands/check.ts';
import { get } from '../../apps/cli/src/commands/get.ts';
import { promote } from '../../apps/cli/src/commands/promote.ts';
import { put } from '../../apps/cli/src/commands/put.ts';
import { revoke } from '../../apps/cli/src/commands/revoke.ts';

const page = await readFile(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
const firstCells = (text: string): string[] =>
  [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, cell = '']) => cell);
const section = (title: string): string =>
  page.split(/^## /m).find((text) => text.startsWith(title)) ?? `no section ${title}`;

describe('docs/command-line.md', () => {
  it.each([
    ['check', check],
    ['put', put],
    ['promote', promote],
    ['get', get],
    ['revoke', revoke],
    ['caller-key', callerKey],
  ])('lists exactly the flags in the help of %s', (name, { help }) => {
    const flags = [...help.matchAll(/^ {2}(--[a-z0-9-]+)/gm)].map(([, flag = '']) => flag);
    expect(firstCells(section(`${name}:`))).toEqual(flags);
    const usage = help.split('\n')[0] ?? '';
    expect([...usage.matchAll(/--[a-z0-9-]+/g)].map(String).toSorted()).toEqual(flags.toSorted());
  });

  it('lists every exit code', () => {
    expect(firstCells(section('Exit codes')).map(Number)).toEqual(Object.values(EXIT));
  });
});
