import type { Caller } from './caller.ts';
import { digestOf, type CallerRegistry } from './caller-registry.ts';
import { damageOf, type KeyDamage } from './key-damage.ts';

/** Why a key authenticated no caller. */
type KeyFailure =
  | 'missing'
  | 'malformed'
  | 'unknown_key'
  | 'hand_made_key'
  | 'name_mismatch'
  | 'callers_outdated'
  | KeyDamage;

/** Why a request authenticated no caller. A closed list, as it is a metric label. */
export type AuthenticationFailure =
  | KeyFailure
  | 'invalid_token'
  | 'long_lived_token'
  | 'verification_busy'
  | 'expired_token'
  | 'unknown_issuer'
  | 'wrong_audience'
  | 'unknown_subject'
  | 'issuer_unavailable';

/** How a caller authenticated, as the audit log names it. */
export type AuthenticationMethod = 'key-bearer' | 'key-basic' | 'key-post' | 'jwt';

/** The methods that send the caller's name with its key. */
export type KeyWithNameMethod = Extract<AuthenticationMethod, 'key-basic' | 'key-post'>;

/** The authenticated caller and its method, or the reason for a failure. */
export type Authentication<Failure extends AuthenticationFailure = AuthenticationFailure> =
  | { readonly caller: Caller; readonly method: AuthenticationMethod }
  | { readonly caller: null; readonly failure: Failure };

/** The authentication of a client by name and key, never by JWT. */
export type ClientAuthentication = Authentication<KeyFailure>;

/** The sender of a request. */
export interface Sender {
  /** As `X-Forwarded-For` of a trusted proxy has it, or the address of the connection. */
  readonly ip: string;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** Authenticates callers by a JWT as their Bearer value. */
export interface TokenAuthenticator {
  /** Null if the value is no JWT. A promise if the signature must be verified first; it never rejects. */
  authenticate(
    token: string,
    digest: string,
    sender?: Sender,
  ): Authentication | Promise<Authentication> | null;
}

export const refused = <Failure extends AuthenticationFailure>(
  failure: Failure,
): Authentication<Failure> => ({
  caller: null,
  failure,
});

/**
 * Authenticates the caller of an `Authorization` header: `Bearer KEY_OR_JWT` (RFC 6750 §2.1) or
 * `Basic base64(name:key)` (RFC 7617). The scheme is case-insensitive (RFC 9110 §11.1).
 */
export function authenticate(
  header: string | undefined,
  registry: CallerRegistry,
  tokens: TokenAuthenticator,
  sender?: Sender,
): Authentication | Promise<Authentication> {
  if (header === undefined || header === '') return refused('missing');
  const space = header.indexOf(' ');
  const scheme = header.slice(0, space).toLowerCase();
  const value = header.slice(space + 1).trim();
  if (space < 1 || value === '') return refused('malformed');
  if (scheme === 'bearer') {
    const digest = digestOf(value);
    const caller = registry.authenticate(value, digest);
    if (caller === 'hand_made_key') return refused(caller);
    if (caller !== null) return { caller, method: 'key-bearer' };
    return tokens.authenticate(value, digest, sender) ?? unknownKey(value, registry);
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

/** A caller's name and one of its keys, from HTTP Basic or from an OAuth client's request body. */
interface NameAndKey {
  readonly name: string;
  readonly key: string;
}

/** Authenticates a caller by its name and one of its keys. */
export function authenticateClient(
  { name, key }: NameAndKey,
  method: KeyWithNameMethod,
  registry: CallerRegistry,
): ClientAuthentication {
  const caller = registry.authenticate(key, digestOf(key));
  if (caller === null) return unknownKey(key, registry);
  if (caller === 'hand_made_key') return refused(caller);
  return caller.name === name ? { caller, method } : refused('name_mismatch');
}

const unknownKey = (key: string, registry: CallerRegistry): ClientAuthentication =>
  refused(damageOf(key, registry) ?? 'unknown_key');
