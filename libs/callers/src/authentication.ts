import type { Caller } from './caller.ts';
import { digestOf, type CallerRegistry } from './caller-registry.ts';

/** Why nobody was recognised by a key. */
export type KeyFailure = 'missing' | 'malformed' | 'unknown_key' | 'name_mismatch';

/** Why nobody was recognised; a metric label, so the list is closed. */
export type AuthenticationFailure =
  | KeyFailure
  | 'invalid_token'
  | 'expired_token'
  | 'unknown_issuer'
  | 'wrong_audience'
  | 'unknown_subject'
  | 'issuer_unavailable';

/** How a caller proved who it is, as the audit names it. */
export type AuthenticationMethod = 'key-bearer' | 'key-basic' | 'key-post' | 'jwt';

/** The methods that send a caller's name beside its key. */
export type KeyWithNameMethod = Extract<AuthenticationMethod, 'key-basic' | 'key-post'>;

/** Who asks and how they proved it, or why they are nobody. */
export type Authentication<Failure extends AuthenticationFailure = AuthenticationFailure> =
  | { readonly caller: Caller; readonly method: AuthenticationMethod }
  | { readonly caller: null; readonly failure: Failure };

/** The same of a client that sends its name and a key, which is never a JWT. */
export type ClientAuthentication = Authentication<KeyFailure>;

/** Recognises the callers whose Bearer value is a JWT. */
export interface TokenAuthenticator {
  /** Null where the value is no JWT at all. A promise where a signature has to be checked; it never rejects. */
  authenticate(token: string, digest: string): Authentication | Promise<Authentication> | null;
}

export const refused = <Failure extends AuthenticationFailure>(
  failure: Failure,
): Authentication<Failure> => ({
  caller: null,
  failure,
});

/**
 * Recognises the caller from an `Authorization` header: `Bearer KEY_OR_JWT` (RFC 6750 §2.1) or
 * `Basic base64(name:key)` (RFC 7617). The scheme's case does not matter (RFC 9110 §11.1).
 */
export function authenticate(
  header: string | undefined,
  registry: CallerRegistry,
  tokens: TokenAuthenticator,
): Authentication | Promise<Authentication> {
  if (header === undefined || header === '') return refused('missing');
  const space = header.indexOf(' ');
  const scheme = header.slice(0, space).toLowerCase();
  const value = header.slice(space + 1).trim();
  if (space < 1 || value === '') return refused('malformed');
  if (scheme === 'bearer') {
    const digest = digestOf(value);
    const caller = registry.byKeyDigest(digest);
    if (caller !== null) return { caller, method: 'key-bearer' };
    return tokens.authenticate(value, digest) ?? refused('unknown_key');
  }
  if (scheme !== 'basic') return refused('malformed');
  const pair = Buffer.from(value, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return refused('malformed');
  return authenticateClient(
    { name: pair.slice(0, colon), key: pair.slice(colon + 1) },
    'key-basic',
    registry,
  );
}

/** A caller's name beside one of its keys, as HTTP Basic and the body of an OAuth client send them. */
interface NameAndKey {
  readonly name: string;
  readonly key: string;
}

/** Recognises the caller from its name and one of its keys. */
export function authenticateClient(
  { name, key }: NameAndKey,
  method: KeyWithNameMethod,
  registry: CallerRegistry,
): ClientAuthentication {
  const caller = registry.byKey(key);
  if (caller === null) return refused('unknown_key');
  return caller.name === name ? { caller, method } : refused('name_mismatch');
}
