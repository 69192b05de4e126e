import type { Caller } from './caller.ts';
import type { CallerRegistry } from './caller-registry.ts';

/** Why nobody was recognised; a metric label, so the list is closed. */
export type AuthenticationFailure = 'missing' | 'malformed' | 'unknown_key' | 'name_mismatch';

/** How a caller proved who it is, as the audit names it. */
export type AuthenticationMethod = 'key-bearer' | 'key-basic' | 'key-post' | 'jwt';

/** Who asks and how they proved it, or why they are nobody. */
export type Authentication =
  | { readonly caller: Caller; readonly method: AuthenticationMethod }
  | { readonly caller: null; readonly failure: AuthenticationFailure };

const refused = (failure: AuthenticationFailure): Authentication => ({ caller: null, failure });

/**
 * Recognises the caller from an `Authorization` header: `Bearer KEY` (RFC 6750 §2.1) or
 * `Basic base64(name:key)` (RFC 7617). The scheme's case does not matter (RFC 9110 §11.1).
 */
export function authenticate(header: string | undefined, registry: CallerRegistry): Authentication {
  if (header === undefined || header === '') return refused('missing');
  const space = header.indexOf(' ');
  const scheme = header.slice(0, space).toLowerCase();
  const value = header.slice(space + 1).trim();
  if (space < 1 || value === '') return refused('malformed');
  if (scheme === 'bearer') {
    const caller = registry.byKey(value);
    return caller === null ? refused('unknown_key') : { caller, method: 'key-bearer' };
  }
  return scheme === 'basic' ? byNameAndKey(value, registry) : refused('malformed');
}

function byNameAndKey(encoded: string, registry: CallerRegistry): Authentication {
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return refused('malformed');
  const caller = registry.byKey(pair.slice(colon + 1));
  if (caller === null) return refused('unknown_key');
  return caller.name === pair.slice(0, colon) ? { caller, method: 'key-basic' } : refused('name_mismatch');
}
