import { AllowedOrigins, parseCredential } from '#libs/credential-sources';
import { describe, expect, it } from 'vitest';

import { oauthDocument } from '../../../../test/support/credential-sources/oauth-document.ts';
import { ADOBE_ORIGINS, NOW, parse, problemIn } from '../../../../test/support/credential-sources/parse.ts';

const invalid = (text: string) => {
  const problem = problemIn(parse(text));
  expect(problem).toMatchObject({ documentKind: null, code: 'credential_invalid_json' });
  return problem.diagnosis;
};

describe('parseJsonObject with a document that is not JSON', () => {
  it('reports the position of the broken escape in Adobe’s own sample', () => {
    const text = String.raw`{
  "ok": true,
  "integration": {
    "privateKey": "-----BEGIN RSA PRIVATE KEY-----\r\REDACTED\r\n==\r\n-----END RSA PRIVATE KEY-----\r\n"
  }
}`;
    const lines = text.split('\n');
    const column = (lines[3]?.indexOf(String.raw`\REDACTED`) ?? 0) + 1;
    const diagnosis = invalid(text);
    expect(diagnosis).toContain(`a backslash that begins no escape sequence at line 4, column ${column}`);
    expect(diagnosis).not.toContain('REDACTED');
  });

  it.each([
    ['', 'too early, at line 1, column 1'],
    ['{"a":1', 'too early, at line 1, column 7'],
    ['{\n  "a": ', 'too early, at line 2'],
    ['{\r\n"a": tru}', 'something unexpected at line 2, column 6'],
    ['{"a": 1,}', 'something unexpected at line 1, column 9'],
    ['{"a": "abc', 'a text that is never closed at line 1, column 7'],
    ['{"a": "\\u12"}', 'an incomplete \\u escape sequence at line 1, column 8'],
    ['{"a": "tab\there"}', 'a raw control character inside a text at line 1, column 7'],
    ['{} // done', 'a comment at line 1, column 4'],
    ['{"a": 1} trailing', 'at line 1, column 10'],
    ["{'a': 1}", 'something unexpected at line 1, column 2'],
  ])('reports the position of the fault in %j', (text, position) => {
    expect(invalid(text)).toContain(position);
  });

  it('refuses very deep nesting', () => {
    expect(invalid('['.repeat(60_000))).toContain('is not valid JSON');
  });

  it('recognises a web page', () => {
    expect(invalid('\n<!DOCTYPE html><html>…')).toContain('web page');
  });

  it.each(['[]', '"text"', 'null', '42'])('refuses JSON that is not an object: %s', (text) => {
    expect(invalid(text)).toContain('not an object');
  });

  it('refuses a document that is not UTF-8', () => {
    const context = { allowedOrigins: ADOBE_ORIGINS, now: NOW };
    const utf16 = Buffer.from(`\uFEFF${JSON.stringify(oauthDocument())}`, 'utf16le');
    expect(problemIn(parseCredential(utf16, context)).diagnosis).toContain('UTF-8');
  });
});

describe('parseJsonObject', () => {
  it('accepts a byte order mark', () => {
    expect(parse(`\uFEFF${JSON.stringify(oauthDocument())}`).kind).toBe('oauth');
  });

  it('accepts 64 KiB and no more', () => {
    const text = JSON.stringify(oauthDocument());
    expect(parse(text.padEnd(65_536)).kind).toBe('oauth');
    expect(problemIn(parse(text.padEnd(65_537)))).toMatchObject({
      code: 'credential_unknown_document',
      diagnosis: expect.stringContaining('64 KiB'),
    });
  });

  it('uses the last of equal names, like other JSON parsers', () => {
    const text = JSON.stringify(oauthDocument()).replace('{', '{"CLIENT_ID":"first",');
    expect(parse(text)).toMatchObject({ kind: 'oauth', clientId: oauthDocument()['CLIENT_ID'] });
  });

  it('treats __proto__ as an unknown field', () => {
    const text = JSON.stringify(oauthDocument()).replace('{', '{"__proto__":{"imsEndpoint":"evil.example"},');
    const origins = AllowedOrigins.parse('https://*.adobelogin.com');
    expect(parse(text, { origins })).toMatchObject({ imsOrigin: 'https://ims-na1.adobelogin.com' });
  });
});
