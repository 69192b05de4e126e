import { describe, expect, it } from 'vitest';

import { printable } from './printable.ts';

describe('printable', () => {
  it.each([
    ['a line break and a terminal sequence', 'ims/a\r\n\x1b[31m', 'ims/a\\u{d}\\u{a}\\u{1b}[31m'],
    ['DEL and C1', 'a\x7f\x85\x9bb', 'a\\u{7f}\\u{85}\\u{9b}b'],
    ['line and paragraph separators', 'a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
    ['overrides of the writing direction', 'a\u202e\u2066\u200fb', 'a\\u{202e}\\u{2066}\\u{200f}b'],
    ['invisible characters', '\ufeffa\u200bb\u{e0041}', '\\u{feff}a\\u{200b}b\\u{e0041}'],
    ['half of a surrogate pair', 'a\ud800b', 'a\\u{d800}b'],
  ])('escapes %s', (_, text, shown) => {
    expect(printable(text, 100)).toBe(shown);
  });

  it.each(['ims/aem-dev', 'größe é 日本', 'AccessDeniedException', '😀'])('keeps %s', (text) => {
    expect(printable(text, 100)).toBe(text);
  });

  it('cuts a long text before it escapes', () => {
    expect(printable('x'.repeat(1_000_000), 10)).toBe(`${'x'.repeat(10)}…`);
    expect(printable('\n'.repeat(11), 10)).toBe(`${'\\u{a}'.repeat(10)}…`);
  });
});
