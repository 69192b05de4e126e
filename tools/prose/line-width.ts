import ts from 'typescript';

import { comments } from './code-prose.ts';
import type { Finding } from './find-in-prose.ts';
import { withoutFences } from './markdown-prose.ts';

/** Columns of a line with a comment, as prettier's `printWidth`. */
const MAX_COLUMNS_IN_CODE = 110;
/** Columns of a line of a page. */
const MAX_COLUMNS_IN_PAGES = 120;

/** Finds the lines with comments that are too wide. */
export function findWideComments(path: string, source: string): Finding[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const commented = new Set<number>();
  for (const { pos, end } of comments(file)) {
    const [first, last] = [pos, end].map((at) => file.getLineAndCharacterOfPosition(at).line);
    for (let line = first ?? 0; line <= (last ?? 0); line += 1) commented.add(line);
  }
  return findWide(source, MAX_COLUMNS_IN_CODE, (_text, line) => commented.has(line));
}

/** Finds the lines of a page that are too wide; tables, headings, blocks of code and HTML comments may be. */
export const findWideLines = (source: string): Finding[] =>
  findWide(
    withoutFences(source),
    MAX_COLUMNS_IN_PAGES,
    (text) => !/^\s*(?:\||#|<!--|\[[^\]]+\]: )/.test(text),
  );

function findWide(
  source: string,
  maxColumns: number,
  isChecked: (text: string, line: number) => boolean,
): Finding[] {
  const findings: Finding[] = [];
  let offset = 0;
  for (const [line, text] of source.split('\n').entries()) {
    const columns = Array.from(withoutLinks(text).trimEnd()).length;
    if (columns > maxColumns && isChecked(text, line)) {
      findings.push({
        offset,
        rule: 'line-width',
        phrase: `${columns} columns`,
        instead: `lines of at most ${maxColumns} columns`,
      });
    }
    offset += text.length + 1;
  }
  return findings;
}

/** The targets of links and URLs cannot be broken, so they do not count. */
const withoutLinks = (text: string): string =>
  text.replaceAll(/(?<=\])\([^)\s]*\)/g, '').replaceAll(/\bhttps?:\/\/\S+/g, '');
