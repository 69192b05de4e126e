import type { AuthenticationFailure } from '#libs/callers';
import { seconds, type NoToken, type Seconds } from '#libs/tokens';

import { BASIC_CHALLENGE } from '../http/challenges.ts';
import { failureSummary } from '../tokens/failure-summary.ts';
import { mayBeUnread, ON_ANOTHER_CONNECTION, type NoTokenContext } from '../tokens/no-token-problem.ts';
import { OAuthError } from './oauth-error.ts';

/** The service asks an issuer that failed again after ten seconds. */
const ISSUER_RETRY_AFTER_SECONDS = seconds(10);

const UNKNOWN_CLIENT: Record<AuthenticationFailure, string> = {
  missing:
    'Send the name of a caller as client_id and one of its keys as client_secret, or its JWT as client_assertion.',
  malformed: 'The Authorization header is not Basic with client_id and client_secret.',
  unknown_key: 'This client_secret belongs to no caller.',
  hand_made_key: 'This client_secret is not accepted: have one made by ims-token caller-key.',
  key_line_break: 'This client_secret ends in a line break: send it without.',
  key_padding: 'This client_secret begins or ends with a space or an invisible character: send it without.',
  digest_with_line_break:
    'The callers file has the SHA-256 of this client_secret with a line break at its end: hash it without.',
  callers_outdated: 'No client is authenticated: the callers file cannot be read now.',
  name_mismatch: 'This client_secret or client_assertion belongs to another caller than client_id names.',
  invalid_token:
    'The client_assertion cannot be verified: send a JWT as its issuer signed it, with exp, within its times.',
  long_lived_token: 'The client_assertion lives too long: ask its issuer for one that expires sooner.',
  verification_busy: 'Too many client_assertions from your address are being verified.',
  expired_token: 'The client_assertion has expired: get a new one from its issuer.',
  unknown_issuer: 'No caller is known by the issuer (iss) of this client_assertion.',
  wrong_audience: 'The client_assertion is for another audience (aud) than the callers file has.',
  unknown_subject: 'No caller is known by the subject (sub) of this client_assertion.',
  issuer_unavailable: 'The keys of the issuer of this client_assertion cannot be fetched now.',
};

/** The client did nothing wrong, so it gets no 401, after which some clients give up. */
const TEMPORARY: ReadonlySet<AuthenticationFailure> = new Set([
  'issuer_unavailable',
  'callers_outdated',
  'verification_busy',
]);

/**
 * The error for an unknown client.
 * @param retryAfter how long the client must wait after too many failures; null where it need not wait
 */
export const unknownClient = (failure: AuthenticationFailure, retryAfter: Seconds | null): OAuthError => {
  if (TEMPORARY.has(failure)) return temporary(failure);
  return retryAfter === null ? unauthenticated(UNKNOWN_CLIENT[failure]) : throttled(failure, retryAfter);
};

/**
 * The error for a `client_assertion_type` other than the supported one (RFC 6749 §5.2: unsupported method).
 */
export const unsupportedAssertionType = (supported: string): OAuthError =>
  unauthenticated(`The only client_assertion_type here is ${supported}.`);

const temporary = (failure: AuthenticationFailure): OAuthError =>
  new OAuthError('temporarily_unavailable', UNKNOWN_CLIENT[failure], {
    outcome: 'unauthenticated',
    retryAfter: ISSUER_RETRY_AFTER_SECONDS,
  });

const throttled = (failure: AuthenticationFailure, retryAfter: Seconds): OAuthError =>
  new OAuthError(
    'invalid_client',
    `Too many failed authentications from your address; wait before you try again. ${UNKNOWN_CLIENT[failure]}`,
    { outcome: 'rate_limited', status: 429, retryAfter },
  );

/** Every 401 has a challenge (RFC 9110 §15.5.2). Basic is the only scheme of this endpoint. */
const unauthenticated = (description: string): OAuthError =>
  new OAuthError('invalid_client', description, {
    outcome: 'unauthenticated',
    headers: { 'www-authenticate': BASIC_CHALLENGE },
  });

/**
 * The error for another method than POST, or for slashes at the end of the path. Null for another path.
 * @param endpoint the path of the token endpoint
 */
export function wrongRequest(path: string, endpoint: string): OAuthError | null {
  if (path === endpoint) {
    const options = { status: 405, headers: { allow: 'POST' } };
    return new OAuthError('invalid_request', 'Ask for a token with POST.', options);
  }
  if (!path.startsWith(endpoint) || !/^\/+$/.test(path.slice(endpoint.length))) return null;
  return new OAuthError('invalid_request', `The token endpoint is ${endpoint}, without a slash at the end.`, {
    status: 404,
  });
}

/**
 * The same error for an unknown credential and a forbidden one, so that callers cannot find out which exist.
 */
export const refusedScope = (outcome: 'forbidden' | 'credential_not_found'): OAuthError =>
  new OAuthError('invalid_scope', 'There is no credential of that name that this caller may read.', {
    outcome,
  });

/** The error that tells why the service vends no token. */
export function noTokenError(
  { outcome, retryAfter }: NoToken,
  { isStarting, status }: NoTokenContext,
): OAuthError {
  if (isStarting && mayBeUnread(outcome)) {
    return new OAuthError('temporarily_unavailable', 'The service is starting; ask again in a moment.', {
      outcome: 'starting',
      retryAfter,
    });
  }
  return outcome === 'credential_not_found'
    ? refusedScope(outcome)
    : new OAuthError(
        'temporarily_unavailable',
        `There is no token to hand out now. ${failureSummary(status).sentence}`.trim(),
        {
          outcome,
          retryAfter,
          headers: ON_ANOTHER_CONNECTION,
        },
      );
}
