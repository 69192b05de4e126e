import ts from 'typescript';

import { blank, blankQuotations, type Prose } from './prose.ts';

const TEST_FUNCTIONS = new Set(['describe', 'it', 'test']);
/** Shorter strings are names, not sentences. */
const MIN_WORDS = 3;

/** What is read of a file of code, apart from its comments. */
export interface CodeProseOptions {
  /** Whether its texts are shown to users, as those of tests are not. */
  readonly readsMessages: boolean;
}

/** Comments, test titles and messages of TypeScript or JavaScript. */
export function codeProse(path: string, source: string, { readsMessages }: CodeProseOptions): Prose[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const texts: Prose[] = comments(file).map(({ pos, end }) => ({
    offset: pos,
    text: blankQuotations(blank(source.slice(pos, end), /^\/\*+|\*+\/$|^[ \t]*(?:\*+|\/\/+)|^\/\/+/gm)),
  }));
  const visit = (node: ts.Node, isTitle: boolean): void => {
    if (isTitle || readsMessages) texts.push(...message(node, file));
    if (ts.isCallExpression(node)) {
      visit(node.expression, isTitle);
      const first = isTestCall(node) ? node.arguments[0] : undefined;
      for (const argument of node.arguments) visit(argument, argument === first);
      return;
    }
    if (!ts.isImportDeclaration(node)) ts.forEachChild(node, (child) => visit(child, isTitle));
  };
  visit(file, false);
  return texts;
}

/** Comments in order; lines of `//` that follow each other are one. */
export function comments(file: ts.SourceFile): ts.TextRange[] {
  const found = new Map<number, ts.TextRange>();
  const visit = (node: ts.Node): void => {
    for (const range of [
      ...(ts.getLeadingCommentRanges(file.text, node.pos) ?? []),
      ...(ts.getTrailingCommentRanges(file.text, node.end) ?? []),
    ]) {
      found.set(range.pos, range);
    }
    for (const child of node.getChildren(file)) if (child.kind !== ts.SyntaxKind.JSDoc) visit(child);
  };
  visit(file);
  const ranges: ts.TextRange[] = [];
  for (const range of [...found.values()].toSorted((a, b) => a.pos - b.pos)) {
    const before = ranges.at(-1);
    if (before !== undefined && isContinued(file.text, before, range)) {
      ranges[ranges.length - 1] = { pos: before.pos, end: range.end };
    } else {
      ranges.push(range);
    }
  }
  return ranges;
}

const isContinued = (text: string, before: ts.TextRange, after: ts.TextRange): boolean =>
  text.startsWith('//', before.pos) &&
  text.startsWith('//', after.pos) &&
  /^[ \t]*\n[ \t]*$/.test(text.slice(before.end, after.pos));

/** `it(…)`, `describe.each(…)(…)`, and the table of an `each`. */
function isTestCall({ expression }: ts.CallExpression): boolean {
  let inner: ts.Expression = expression;
  while (ts.isPropertyAccessExpression(inner) || ts.isCallExpression(inner)) inner = inner.expression;
  return ts.isIdentifier(inner) && TEST_FUNCTIONS.has(inner.text);
}

function message(node: ts.Node, file: ts.SourceFile): Prose[] {
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateExpression(node)) return [];
  const offset = node.getStart(file) + 1;
  const text = blank(file.text.slice(offset, node.end - 1), /\$\{[^}]*\}/g);
  const words = text.split(/\s+/).filter((word) => /\p{L}{2}/u.test(word));
  return words.length < MIN_WORDS ? [] : [{ offset, text: blankQuotations(text) }];
}
