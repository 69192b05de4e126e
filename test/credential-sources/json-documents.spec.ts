import { AllowedOrigins, parseCredential } from '#libs/credential-sources';
import { describe, expect, it } from 'vitest';

import { oauthDocument } from './support/oauth-document.ts';
import { ADOBE_ORIGINS, NOW, parse, problemIn } from './support/parse.ts';

const invalid = (text: string) => {
  const problem = problemIn(parse(text));
  expect(problem).toMatchObject({ documentKind: null, code: 'credential_invalid_json' });
  return problem.diagnosis;
};

describe('a document that is not JSON', () => {
  it('with the broken escape of Adobe’s own sample says at which character', () => {
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
  ])('%j is told by position', (text, position) => {
    expect(invalid(text)).toContain(position);
  });

  it('is refused however deeply it is nested', () => {
    expect(invalid('['.repeat(60_000))).toContain('is not valid JSON');
  });

  it('is called a web page where it is one', () => {
    expect(invalid('\n<!DOCTYPE html><html>…')).toContain('web page');
  });

  it.each(['[]', '"text"', 'null', '42'])(
    'and JSON without an object at the top, %s, are refused',
    (text) => {
      expect(invalid(text)).toContain('not an object');
    },
  );

  it('is refused where it is not UTF-8', () => {
    const context = { allowedOrigins: ADOBE_ORIGINS, now: NOW };
    const utf16 = Buffer.from(`\uFEFF${JSON.stringify(oauthDocument())}`, 'utf16le');
    expect(problemIn(parseCredential(utf16, context)).diagnosis).toContain('UTF-8');
  });
});

describe('JSON at its edges', () => {
  it('may start with a byte order mark', () => {
    expect(parse(`\uFEFF${JSON.stringify(oauthDocument())}`).kind).toBe('oauth');
  });

  it('may be 64 KiB long and no longer', () => {
    const text = JSON.stringify(oauthDocument());
    expect(parse(text.padEnd(65_536)).kind).toBe('oauth');
    expect(problemIn(parse(text.padEnd(65_537)))).toMatchObject({
      code: 'credential_unknown_document',
      diagnosis: expect.stringContaining('64 KiB'),
    });
  });

  it('counts the last of equal names, as every JSON parser in use does', () => {
    const text = JSON.stringify(oauthDocument()).replace('{', '{"CLIENT_ID":"first",');
    expect(parse(text)).toMatchObject({ kind: 'oauth', clientId: oauthDocument()['CLIENT_ID'] });
  });

  it('takes a field named __proto__ for any other unknown field', () => {
    const text = JSON.stringify(oauthDocument()).replace('{', '{"__proto__":{"imsEndpoint":"evil.example"},');
    const origins = AllowedOrigins.parse('https://*.adobelogin.com');
    expect(parse(text, { origins })).toMatchObject({ imsOrigin: 'https://ims-na1.adobelogin.com' });
  });
});
