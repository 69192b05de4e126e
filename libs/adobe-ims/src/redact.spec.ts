import { describe, expect, it } from 'vitest';

import { quoteWithout } from './redact.ts';

const SECRET = 'p8e-S3cret&value/with signs';

describe("quoting IMS's words", () => {
  const quote = quoteWithout([SECRET, '']);

  it('keeps plain words', () => {
    expect(quote('Could not match JWT signature to any of the bindings')).toBe(
      'Could not match JWT signature to any of the bindings',
    );
  });

  it('replaces what does not print', () => {
    expect(quote('a\u0000b\r\nc\u202ed\u001b[31me\u2028f')).toBe('a b c d [31me f');
  });

  it('shortens', () => {
    const quoted = quote('word '.repeat(100));
    expect(quoted).toHaveLength(200);
    expect(quoted.endsWith('…')).toBe(true);
  });

  it.each([
    ['the secret', `bad secret ${SECRET}`],
    ['a piece of it', `bad secret …${SECRET.slice(5, 15)}…`],
    ['it in other case', SECRET.toUpperCase()],
    ['it form-encoded', `client_secret=${new URLSearchParams({ s: SECRET }).toString()}`],
    ['it where the text is cut', `${'x'.repeat(195)}${SECRET}`],
  ])('withholds a text with %s in it', (_, text) => {
    expect(quote(text)).toBe('[withheld: it repeats what was sent]');
  });
});
