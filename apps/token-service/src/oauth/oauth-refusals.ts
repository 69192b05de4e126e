import type { KeyFailure } from '#libs/callers';
import type { NoToken, Seconds } from '#libs/tokens';

import { BASIC_CHALLENGE } from '../http/challenges.ts';
import { OAuthError } from './oauth-error.ts';

const UNKNOWN_CLIENT: Record<KeyFailure, string> = {
  missing: 'Send the name of a caller as client_id and one of its keys as client_secret.',
  malformed: 'The Authorization header is not Basic with client_id and client_secret.',
  unknown_key: 'This client_secret belongs to no caller.',
  name_mismatch: 'This client_secret belongs to another caller than client_id names.',
};

/**
 * The error for an unknown client.
 * @param retryAfter how long the client must wait after too many failures; null where it need not wait
 */
export const unknownClient = (failure: KeyFailure, retryAfter: Seconds | null): OAuthError =>
  retryAfter === null ? unauthenticated(failure) : throttled(failure, retryAfter);

const throttled = (failure: KeyFailure, retryAfter: Seconds): OAuthError =>
  new OAuthError(
    'invalid_client',
    `Too many failed authentications from your address; wait before you try again. ${UNKNOWN_CLIENT[failure]}`,
    { outcome: 'rate_limited', status: 429, retryAfter },
  );

/** Every 401 has a challenge (RFC 9110 §15.5.2). Basic is the only scheme of this endpoint. */
const unauthenticated = (failure: KeyFailure): OAuthError =>
  new OAuthError('invalid_client', UNKNOWN_CLIENT[failure], {
    outcome: 'unauthenticated',
    headers: { 'www-authenticate': BASIC_CHALLENGE },
  });

/**
 * The same error for an unknown credential and a forbidden one, so that callers cannot find out which exist.
 */
export const refusedScope = (outcome: 'forbidden' | 'credential_not_found'): OAuthError =>
  new OAuthError('invalid_scope', 'There is no credential of that name that this caller may read.', {
    outcome,
  });

/** The error that tells why the service vends no token. */
export function noTokenError({ outcome, retryAfter }: NoToken, isStarting: boolean): OAuthError {
  if (isStarting && (outcome === 'credential_not_found' || outcome === 'token_unavailable')) {
    return new OAuthError('temporarily_unavailable', 'The service is starting; ask again in a moment.', {
      outcome: 'starting',
      retryAfter,
    });
  }
  return outcome === 'credential_not_found'
    ? refusedScope(outcome)
    : new OAuthError(
        'temporarily_unavailable',
        'There is no token to hand out now; the status of the credential says why.',
        {
          outcome,
          retryAfter,
        },
      );
}
