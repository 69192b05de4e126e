import { hash, randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { auditedName } from './audited-name.ts';

describe('auditedName', () => {
  it.each([
    '',
    'aem-dev',
    'AEM-Dev',
    'aem-prod.p12345-e67890_author-publish-europe-west-1',
    '0123456789abcdef0123456789abcdef',
    'a name with spaces and more than 20',
    'x'.repeat(19).toUpperCase(),
  ])('keeps %j', (text) => {
    expect(JSON.parse(auditedName(text))).toBe(text);
  });

  it.each([
    randomBytes(32).toString('base64url'),
    randomBytes(32).toString('base64'),
    randomBytes(32).toString('hex'),
    'a'.repeat(63),
    'Key-of-catalog-sync-7f',
    'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl',
    'p8e-Xx12345678901234567890',
    'x'.repeat(200),
    `Bearer ${randomBytes(32).toString('base64url')}`,
    `${randomBytes(32).toString('hex')}\n`,
    `\u200b${randomBytes(32).toString('base64')}`,
    `aem-dev Key-of-catalog-sync-7f\r\n`,
  ])('hashes what may be a key: %s', (text) => {
    expect(auditedName(text)).toBe(`"sha256:${hash('sha256', text, 'hex')}"`);
  });

  it('hashes every key of a caller, short ones too', () => {
    const isKey = (text: string): boolean => text === 'short-key';
    for (const text of ['short-key', 'Bearer short-key', 'short-key\n']) {
      expect(auditedName(text, isKey)).toBe(`"sha256:${hash('sha256', text, 'hex')}"`);
    }
    expect(auditedName('short-key-2', isKey)).toBe('"short-key-2"');
  });

  it.each(['a\u0085b', 'a\u009bb', '\u0080', 'a\u007fb', 'a\u2028b', 'a\u001bb', 'a\n"b'])(
    'escapes control characters of %j',
    (text) => {
      const json = auditedName(text);
      expect(json).toMatch(/^[\x20-\x7e]+$/);
      expect(JSON.parse(json)).toBe(text);
    },
  );
});
