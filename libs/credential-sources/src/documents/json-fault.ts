import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';

const ESCAPES = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/g;

const DESCRIPTIONS = new Map([
  ['InvalidEscapeCharacter', 'a backslash that begins no escape sequence'],
  ['InvalidUnicode', 'an incomplete \\u escape sequence'],
  ['UnexpectedEndOfString', 'a text that is never closed'],
  ['InvalidCharacter', 'a raw control character inside a text'],
  ['InvalidCommentToken', 'a comment'],
]);

/**
 * Describes the first fault of a text that is not JSON, with line and column from 1, without quoting it; ''
 * when unknown.
 */
export function whereJsonBreaks(text: string): string {
  const fault = firstFault(text);
  if (fault === undefined) return '';
  const offset = isEscape(fault) ? offsetOfBadEscape(text, fault) : fault.offset;
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  const position = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  if (offset >= text.trimEnd().length) return `: it ends too early, at ${position}`;
  if (isRawLineBreak(text, fault)) {
    return `: a raw line break inside a text, written \\n in JSON, in the text that begins at ${position}`;
  }
  return `: ${DESCRIPTIONS.get(printParseErrorCode(fault.error)) ?? 'something unexpected'} at ${position}`;
}

/** Whether a text that is never closed ends at the end of its line, and more lines follow. */
const isRawLineBreak = (text: string, { error, offset, length }: ParseError): boolean =>
  printParseErrorCode(error) === 'UnexpectedEndOfString' && /^[\r\n]/.test(text.slice(offset + length));

function firstFault(text: string): ParseError | undefined {
  const faults: ParseError[] = [];
  try {
    parse(text, faults, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  } catch {
    // The nesting is too deep for the recursive parser.
  }
  return faults[0];
}

const isEscape = ({ error }: ParseError): boolean =>
  ['InvalidEscapeCharacter', 'InvalidUnicode'].includes(printParseErrorCode(error));

/**
 * The parser reports the start of the string, which may be a whole key. The position of the backslash is more
 * useful.
 */
function offsetOfBadEscape(text: string, { offset, length }: ParseError): number {
  const withoutGood = text.slice(offset, offset + length).replace(ESCAPES, (good) => ' '.repeat(good.length));
  return offset + Math.max(0, withoutGood.indexOf('\\'));
}
