/**
 * Credential names in which `*` matches any run of characters. Matching takes linear time in the length of
 * the name.
 */
export class NamePatterns {
  readonly #names = new Set<string>();
  /** Each pattern as the pieces between its wildcards. */
  readonly #wild: (readonly string[])[] = [];

  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) {
      if (pattern.includes('*')) this.#wild.push(pattern.split('*'));
      else this.#names.add(pattern);
    }
  }

  get isEmpty(): boolean {
    return this.#names.size === 0 && this.#wild.length === 0;
  }

  /** Whether a pattern is `*`, which covers every name. */
  get coverAll(): boolean {
    return this.#wild.some((pieces) => pieces.every((piece) => piece === ''));
  }

  cover(name: string): boolean {
    return this.#names.has(name) || this.#wild.some((pieces) => fits(name, pieces));
  }
}

function fits(name: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const end = name.length - last.length;
  if (first.length > end || !name.startsWith(first) || !name.endsWith(last)) return false;
  let from = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, from);
    if (found < 0 || found + piece.length > end) return false;
    from = found + piece.length;
  }
  return true;
}
