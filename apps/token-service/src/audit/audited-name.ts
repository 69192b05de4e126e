import { hash } from 'node:crypto';

import { isName } from '#libs/tokens';

/** No credential name, and long enough to be a key: 20 characters of a password, of Base64 or of a JWT. */
const MAYBE_SECRET = /^[\x21-\x7e]{20,}$/;
/** A valid name, but a run without separators that people give no credential: a key in hex. */
const LONG_RUN = /[a-z0-9]{40}/;
/** C1 control characters and line separators, which `JSON.stringify` leaves as they are. */
const UNESCAPED = /[\x7f-\x9f\u2028\u2029]/g;

/**
 * The requested name as JSON for the audit. Callers paste keys into the path by mistake: text that may be one
 * is replaced by its SHA-256, which still tells equal requests.
 */
export function auditedName(text: string): string {
  const maybeSecret = isName(text) ? LONG_RUN.test(text) : MAYBE_SECRET.test(text);
  if (maybeSecret) return `"sha256:${hash('sha256', text, 'hex')}"`;
  return JSON.stringify(text).replaceAll(
    UNESCAPED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
