import type { KeyFailure } from '#libs/callers';
import type { NoToken, Seconds } from '#libs/tokens';

import { OAuthError } from './oauth-error.ts';

const UNKNOWN_CLIENT: Record<KeyFailure, string> = {
  missing: 'Send the name of a caller as client_id and one of its keys as client_secret.',
  malformed: 'The Authorization header is not Basic with client_id and client_secret.',
  unknown_key: 'This client_secret belongs to no caller.',
  name_mismatch: 'This client_secret belongs to another caller than client_id names.',
};

/**
 * The answer to a client nobody knows; a challenge comes only where Basic was tried (RFC 6749 §5.2).
 * @param retryAfter how long it is to wait after too many mistakes; null where it may just try
 */
export const unknownClient = (
  failure: KeyFailure,
  authorization: string | undefined,
  retryAfter: Seconds | null,
): OAuthError =>
  retryAfter === null ? unrecognised(failure, authorization) : slowedDown(failure, retryAfter);

const slowedDown = (failure: KeyFailure, retryAfter: Seconds): OAuthError =>
  new OAuthError(
    'invalid_client',
    `Too many failed authentications from your address; wait before you try again. ${UNKNOWN_CLIENT[failure]}`,
    { outcome: 'rate_limited', status: 429, retryAfter },
  );

const unrecognised = (failure: KeyFailure, authorization: string | undefined): OAuthError =>
  new OAuthError('invalid_client', UNKNOWN_CLIENT[failure], {
    outcome: 'unauthenticated',
    headers: /^basic\b/i.test(authorization ?? '')
      ? { 'www-authenticate': 'Basic realm="ims-token-service"' }
      : {},
  });

/** One answer for names that do not exist and names this caller may not have, so that nobody learns which exist. */
export const refusedScope = (outcome: 'forbidden' | 'credential_not_found'): OAuthError =>
  new OAuthError('invalid_scope', 'There is no credential of that name that this caller may read.', {
    outcome,
  });

/** Why no token can be handed out now. */
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
