/** A piece of a template: text as it is, or what stands between `{{` and `}}` as tokens. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly string[] };

const ACTION = /\{\{(- )?((?:"(?:[^"\\]|\\.)*"|\/\*[\s\S]*?\*\/|(?!\}\}).)*?)( -)?\}\}/gs;
const TOKEN = /\s*("(?:[^"\\]|\\.)*"|:=|[(),|]|\$\w*(?:\.\w+)*|(?:\.\w+)+|\.|-?\d+|[A-Za-z]\w*)/y;

/** Splits a template, trimming text beside `{{-` and `-}}` as Go does. */
export function lex(template: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  let trimNext = false;
  const text = (raw: string, trimEnd: boolean): void => {
    const begun = trimNext ? raw.trimStart() : raw;
    pieces.push({ kind: 'text', text: trimEnd ? begun.trimEnd() : begun });
  };
  for (const match of template.matchAll(ACTION)) {
    const [all, trimBefore, body = '', trimAfter] = match;
    text(template.slice(at, match.index), trimBefore !== undefined);
    at = match.index + all.length;
    trimNext = trimAfter !== undefined;
    if (!/^\s*\/\*/.test(body)) pieces.push({ kind: 'action', tokens: tokens(body) });
  }
  text(template.slice(at), false);
  return pieces;
}

function tokens(body: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.trimEnd().length) {
    const start = TOKEN.lastIndex;
    const [, token] = TOKEN.exec(body) ?? [];
    if (token === undefined) throw new Error(`not understood: {{${body}}} from ${start}`);
    found.push(token);
  }
  return found;
}
