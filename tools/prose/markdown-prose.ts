import { blank, blankQuotations, type Prose } from './prose.ts';

/** The prose of a page: without blocks of code, HTML comments and the targets of links. */
export function markdownProse(source: string): Prose[] {
  const withoutBlocks = blank(withoutFences(source), /<!--[\s\S]*?-->/g);
  const withoutTargets = blank(withoutBlocks, /(?<=\])\([^)\s]*\)|^\[[^\]]+\]: .*$/gm);
  return [{ offset: 0, text: blankQuotations(withoutTargets) }];
}

/** Replaces blocks of code by spaces; a block starts and ends with three backticks or more. */
export const withoutFences = (source: string): string =>
  blank(source, /^[ \t]*(`{3,})[^`\n]*\n[\s\S]*?^[ \t]*\1[ \t]*$/gm);
