import { LineCounter, parseDocument } from 'yaml';

import { CallersFileProblem } from './callers-file-problem.ts';

/**
 * The one document in a YAML text, as plain values.
 * @throws CallersFileProblem with the position, not with the parser's own message, which quotes the text.
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
