import { hash } from 'node:crypto';

/** What shells and programs hash by mistake: `echo "$TOKEN" | sha256sum` hashes a line break too. */
const MISTAKES: readonly (readonly [what: string, hashed: (token: string) => string | Buffer])[] = [
  ['the token with a line break at its end', (token) => `${token}\n`],
  ['the token with a line break at its end', (token) => `${token}\r\n`],
  ['the token with a space at its end', (token) => `${token} `],
  ['the token in quotes', (token) => `"${token}"`],
  ['the whole Authorization header', (token) => `Bearer ${token}`],
  ['the whole Authorization header', (token) => `Authorization: Bearer ${token}`],
  ['the whole Authorization header', (token) => `bearer ${token}`],
  ['the whole Authorization header', (token) => `Bearer ${token}\n`],
  ['the token in single quotes', (token) => `'${token}'`],
  ['the token after a space', (token) => ` ${token}`],
  ['the token with two line breaks at its end', (token) => `${token}\n\n`],
  ['the token in UTF-16', (token) => Buffer.from(token, 'utf16le')],
  ['the token in UTF-16', (token) => Buffer.from(`\uFEFF${token}`, 'utf16le')],
  ['the token in UTF-16 with a line break', (token) => Buffer.from(`\uFEFF${token}\r\n`, 'utf16le')],
  ['the token after a byte order mark', (token) => `\uFEFF${token}`],
  ['the token in Base64', (token) => Buffer.from(token).toString('base64')],
  ['the token in Base64', (token) => Buffer.from(token).toString('base64url')],
  ['the SHA-256 of the token', (token) => hash('sha256', token, 'hex')],
  ['the SHA-256 of the token', (token) => hash('sha256', token, 'buffer')],
  ['the token without its signature', (token) => token.slice(0, token.lastIndexOf('.'))],
  ['an empty text', () => ''],
  ['a line break', () => '\n'],
];

/** What was hashed in place of the current token; null where the digest is none of the known mistakes. */
export function mistakenDigest(sha256: string, token: string): string | null {
  const found = MISTAKES.find(([, hashed]) => hash('sha256', hashed(token), 'hex') === sha256);
  return found?.[0] ?? null;
}
