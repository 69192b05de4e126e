import { LineCounter, parseDocument } from 'yaml';

import { CallersFileProblem } from './callers-file-problem.ts';

/**
 * Parses a YAML text with one document into plain values.
 * @throws CallersFileProblem with the position. The parser's own message is left out, as it quotes the text.
 */
export function readYaml(text: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new CallersFileProblem(`not valid YAML at line ${line}, column ${col} (${error.code})`);
  }
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw new CallersFileProblem(
      'not valid YAML: an alias (*name) has no anchor (&name), or there are too many',
    );
  }
}
