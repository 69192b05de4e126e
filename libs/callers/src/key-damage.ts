import { digestOf, type CallerRegistry } from './caller-registry.ts';

/** What is around a key that no caller has: the usual damage on its way from a file. */
export type KeyDamage = 'key_line_break' | 'key_padding' | 'digest_with_line_break';

/** White space, control characters, zero-width characters and the byte order mark. */
const INVISIBLE = String.raw`[\s\p{Cc}\p{Cf}]`;
const PADDED = new RegExp(`^${INVISIBLE}|${INVISIBLE}$`, 'u');

/** Names the damage of a key that no caller has; null where there is none. */
export function damageOf(key: string, registry: CallerRegistry): KeyDamage | null {
  if (/[\r\n]$/.test(key)) return 'key_line_break';
  if (PADDED.test(key)) return 'key_padding';
  // `echo KEY | sha256sum` hashes the line break too. The caller that has `KEY\n` has the digest anyway.
  return registry.byKeyDigest(digestOf(`${key}\n`)) === null ? null : 'digest_with_line_break';
}
