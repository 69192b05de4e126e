import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The languages of blocks with commands. */
const COMMANDS = new Set(['sh', 'console', 'python']);

/**
 * An HTML comment on the line before a block. `needs: …` names a tool that the tests do not have.
 * `run by: FILE` names the test that runs it. A `background` block runs while the page goes on.
 * A `refused` block must fail.
 */
const MARKER = /^<!-- (?:(needs|run by): (.+)|(background)|(refused)) -->$/;

/** A block of commands in a page. */
export interface CommandBlock {
  /** `docs/production.md:12` */
  readonly place: string;
  readonly language: string;
  readonly text: string;
  readonly needs: string | null;
  readonly runBy: string | null;
  readonly isBackground: boolean;
  readonly isRefused: boolean;
}

/** Every page for readers of this project. */
export const pages = (): string[] =>
  globSync(['*.md', 'docs/**/*.md', 'apps/*/README.md', 'libs/*/README.md', 'deploy/**/*.md'], {
    cwd: root,
  }).toSorted();

/** The blocks of commands of one page, in order. Blocks in items of a list are indented. */
export function commandBlocks(page: string): CommandBlock[] {
  const lines = readFileSync(`${root}${page}`, 'utf8').split('\n');
  const blocks: CommandBlock[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', fence, language = ''] = /^( *)(```+)(\w*)/.exec(lines[at] ?? '') ?? [];
    if (fence === undefined) continue;
    const end = lines.indexOf(indent + fence, at + 1);
    if (end < 0) throw new Error(`${page}:${at + 1}: this block is not closed`);
    const inner = lines.slice(at + 1, end);
    const isInside = (line: string): boolean => line === '' || line.startsWith(indent);
    if (!inner.every(isInside))
      throw new Error(`${page}:${at + 1}: a line of this block is indented less than its fence`);
    if (COMMANDS.has(language)) {
      blocks.push({
        place: `${page}:${at + 1}`,
        language,
        text: inner.map((line) => line.slice(indent.length)).join('\n'),
        ...marker(lines.slice(0, at)),
      });
    }
    at = end;
  }
  return blocks;
}

function marker(
  before: readonly string[],
): Pick<CommandBlock, 'needs' | 'runBy' | 'isBackground' | 'isRefused'> {
  const line = before.findLast((text) => text.trim() !== '') ?? '';
  const [, key, value = null, background, refused] = MARKER.exec(line.trim()) ?? [];
  return {
    needs: key === 'needs' ? value : null,
    runBy: key === 'run by' ? value : null,
    isBackground: background !== undefined,
    isRefused: refused !== undefined,
  };
}
