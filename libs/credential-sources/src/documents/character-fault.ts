/** Characters that editors, chats and terminals leave behind, by code point. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x00, 'a null character'],
  [0x09, 'a tab'],
  [0x0a, 'a line break'],
  [0x0d, 'a carriage return'],
  [0x20, 'a blank'],
  [0xa0, 'a no-break space'],
  [0xad, 'a soft hyphen'],
  [0x200b, 'a zero-width space'],
  [0x200c, 'a zero-width non-joiner'],
  [0x200d, 'a zero-width joiner'],
  [0x200e, 'a direction mark'],
  [0x200f, 'a direction mark'],
  [0x2010, 'a typographic hyphen'],
  [0x2011, 'a typographic hyphen'],
  [0x2013, 'a dash'],
  [0x2014, 'a dash'],
  [0x2018, 'a typographic quotation mark'],
  [0x2019, 'a typographic quotation mark'],
  [0x201c, 'a typographic quotation mark'],
  [0x201d, 'a typographic quotation mark'],
  [0x2026, 'an ellipsis'],
  [0x202f, 'a narrow no-break space'],
  [0x2060, 'a word joiner'],
  [0xfeff, 'a byte order mark'],
  [0xfffd, 'a character that was lost in a conversion'],
]);

/**
 * The first character of a client id, secret, scope or id that OAuth does not allow (RFC 6749 appendix A,
 * `%x20-7E`), or a blank at either end. Names position and code point; null for clean text. Other text of the
 * value is not in it.
 */
export function characterFault(value: string): string | null {
  const characters = Array.from(value);
  const at = characters.findIndex((character) => !/[\x20-\x7e]/.test(character));
  if (at >= 0) return describe(characters, at);
  if (characters[0] === ' ') return describe(characters, 0);
  return characters.at(-1) === ' ' ? describe(characters, characters.length - 1) : null;
}

function describe(characters: readonly string[], at: number): string {
  const code = characters[at]?.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase().padStart(4, '0');
  const name = NAMES.get(code) ?? 'a character outside ASCII or a control character';
  return `has ${name} (U+${hex}) at position ${at + 1} of ${characters.length}, which does not belong there`;
}
