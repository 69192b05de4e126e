import { Document, LineCounter, parseAllDocuments, visit } from 'yaml';

import { explainYamlError } from './yaml-errors.ts';
import { nodeAt, pathAt, startOf, type FieldPath } from './yaml-places.ts';

/** What is wrong with a text as YAML. */
export interface YamlProblem {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The innermost field at the position. */
  readonly path: FieldPath;
  readonly reason: string;
}

/** The plain values of a YAML text with one document. */
export interface YamlValues {
  readonly value: unknown;
  /** The line of the field, from 1. For a field that is missing: the line of the value that lacks it. */
  lineOf(path: FieldPath): number;
}

/**
 * Parses a YAML text with one document. The parser itself stays silent: its messages and warnings quote the
 * text, which may contain a key.
 */
export function readYaml(text: string): YamlValues | YamlProblem {
  const lines = new LineCounter();
  // With `stringKeys`, a key that is a list or a mapping is an error. Without, the parser prints it.
  const options = { lineCounter: lines, prettyErrors: false, logLevel: 'silent', stringKeys: true } as const;
  const [document = new Document(null), second] = parseAllDocuments(text, options);
  const problem = (offset: number, reason: string): YamlProblem => {
    const { line, col: column } = lines.linePos(offset);
    return { line, column, path: pathAt(document.contents, offset), reason };
  };
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) return problem(fault.pos[0], explainYamlError(fault.code));
  if (document.directives?.yaml.version === '1.1') return problem(0, explainYamlError('BAD_DIRECTIVE'));
  if (second !== undefined) return problem(document.range?.[2] ?? 0, explainYamlError('MULTIPLE_DOCS'));
  const alias = danglingAlias(document);
  if (alias !== null) return problem(alias, explainYamlError('BAD_ALIAS'));
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    return { value, lineOf: (path) => lines.linePos(startOf(nodeAt(document, path)) ?? 0).line };
  } catch {
    return problem(0, explainYamlError('RESOURCE_EXHAUSTION'));
  }
}

/** The position of the first alias (`*name`) without an anchor (`&name`) before it, or null. */
function danglingAlias(document: Document.Parsed | Document): number | null {
  const anchors = new Set<string>();
  let found: number | null = null;
  visit(document, {
    Alias: (_, alias) => {
      if (anchors.has(alias.source)) return undefined;
      found = startOf(alias);
      return visit.BREAK;
    },
    Value: (_, { anchor }) => {
      if (anchor !== undefined) anchors.add(anchor);
    },
  });
  return found;
}
