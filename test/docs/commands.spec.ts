import { existsSync } from 'node:fs';

import { afterEach, describe, expect, it } from 'vitest';

import { commandBlocks, pages, root, type CommandBlock } from './support/pages.ts';
import { Reader } from './support/reader.ts';

/** Tools that the tests do not have. */
const UNAVAILABLE_TOOLS = new Set(['aws', 'cluster', 'docker', 'helm']);

const isRunHere = ({ needs, runBy }: CommandBlock): boolean => needs === null && runBy === null;
const followed = pages().filter((page) => commandBlocks(page).some(isRunHere));

let reader: Reader | null = null;
afterEach(async () => {
  await reader?.leave();
  reader = null;
});

describe('the commands of a page', () => {
  it.each(followed)(
    'succeed as written in %s',
    async (page) => {
      const blocks = commandBlocks(page).filter(isRunHere);
      reader = await Reader.sitDown({
        startsService: blocks.some(({ isBackground }) => isBackground),
        storesCredential: blocks.some(({ text }) => text.includes('put aem-dev aem-dev.json')),
      });
      const { code, output } = await reader.follow(blocks);
      expect(code === 0 ? 'it worked' : output).toBe('it worked');
    },
    300_000,
  );

  it('name the test that runs them, or the tool that they need', () => {
    const others = pages()
      .flatMap(commandBlocks)
      .filter((block) => !isRunHere(block));
    expect(others.filter(({ needs }) => needs !== null && !UNAVAILABLE_TOOLS.has(needs))).toEqual([]);
    expect(others.filter(({ runBy }) => runBy !== null && !existsSync(`${root}${runBy}`))).toEqual([]);
  });
});
