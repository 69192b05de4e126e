import { hash } from 'node:crypto';

/** What shells and programs hash by mistake: `echo "$TOKEN" | sha256sum` hashes a line break too. */
const MISTAKES: readonly (readonly [what: string, hashed: (token: string) => string])[] = [
  ['the token with a line break at its end', (token) => `${token}\n`],
  ['the token with a line break at its end', (token) => `${token}\r\n`],
  ['the token with a space at its end', (token) => `${token} `],
  ['the token in quotes', (token) => `"${token}"`],
  ['the whole Authorization header', (token) => `Bearer ${token}`],
  ['an empty text', () => ''],
  ['a line break', () => '\n'],
];

/** What was hashed in place of the current token; null where the digest is none of the known mistakes. */
export function mistakenDigest(sha256: string, token: string): string | null {
  const found = MISTAKES.find(([, hashed]) => hash('sha256', hashed(token), 'hex') === sha256);
  return found?.[0] ?? null;
}
