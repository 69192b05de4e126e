import { hash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { mistakenDigest } from './mistaken-digest.ts';

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJpZCI6IjEifQ.c2lnbmF0dXJl';
const digest = (hashed: string | Buffer): string => hash('sha256', hashed, 'hex');

describe('mistakenDigest', () => {
  it.each([
    ['echo TOKEN', `${TOKEN}\n`, /line break/],
    ['echo of Windows', `${TOKEN}\r\n`, /line break/],
    ['a copied header', `Authorization: Bearer ${TOKEN}`, /whole Authorization header/],
    ['a header value in lower case', `bearer ${TOKEN}`, /whole Authorization header/],
    ['jq without -r', `"${TOKEN}"`, /quotes/],
    ['UTF-16, as PowerShell writes a file', Buffer.from(`\uFEFF${TOKEN}\r\n`, 'utf16le'), /UTF-16/],
    ['UTF-16 without a mark', Buffer.from(TOKEN, 'utf16le'), /UTF-16/],
    ['Base64', Buffer.from(TOKEN).toString('base64'), /Base64/],
    ['a digest hashed again', digest(TOKEN), /SHA-256 of the token/],
    ['the signed part', TOKEN.slice(0, TOKEN.lastIndexOf('.')), /without its signature/],
    ['nothing', '', /an empty text/],
  ])('names what %s hashes', (_, hashed, what) => {
    expect(mistakenDigest(digest(hashed), TOKEN)).toMatch(what);
  });

  it.each([TOKEN, 'another token'])('names nothing for %s', (hashed) => {
    expect(mistakenDigest(digest(hashed), TOKEN)).toBeNull();
  });
});
