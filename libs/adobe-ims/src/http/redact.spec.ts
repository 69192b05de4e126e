import { describe, expect, it } from 'vitest';

import { redactorFor } from './redact.ts';

const SECRET = 'p8e-S3cret&value/with signs';

describe('redactorFor', () => {
  const redact = redactorFor([SECRET, '']);

  it('keeps text without secrets', () => {
    expect(redact('Could not match JWT signature to any of the bindings')).toBe(
      'Could not match JWT signature to any of the bindings',
    );
  });

  it('replaces characters that do not print', () => {
    expect(redact('a\u0000b\r\nc\u202ed\u001b[31me\u2028f')).toBe('a b c d [31me f');
  });

  it('shortens a long text', () => {
    const redacted = redact('word '.repeat(100));
    expect(redacted).toHaveLength(200);
    expect(redacted.endsWith('…')).toBe(true);
  });

  it.each([
    ['the secret', `bad secret ${SECRET}`],
    ['a piece of the secret', `bad secret …${SECRET.slice(5, 15)}…`],
    ['the secret in other case', SECRET.toUpperCase()],
    ['the form-encoded secret', `client_secret=${new URLSearchParams({ s: SECRET }).toString()}`],
    ['the secret across the cut', `${'x'.repeat(195)}${SECRET}`],
  ])('withholds a text that contains %s', (_, text) => {
    expect(redact(text)).toBe('[withheld: it repeats what was sent]');
  });
});
