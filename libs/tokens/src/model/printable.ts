/**
 * Control characters (C0, DEL, C1), line and paragraph separators, invisible format characters such as
 * overrides of the writing direction, and halves of surrogate pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * A name that another system answered, safe to print: characters that a terminal or a page acts on become
 * `\u{…}`, and a longer text is cut. Printable names stay as they are.
 * @param max in characters
 */
export function printable(text: string, max: number): string {
  const cut = text.length > max ? `${text.slice(0, max)}…` : text;
  return cut.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
