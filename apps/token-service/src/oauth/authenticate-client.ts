import type { CallersFile, ClientAuthentication } from '#libs/callers';

import { readBasicCredentials } from './basic-credentials.ts';
import type { FormParameters } from './form-parameters.ts';
import { OAuthError } from './oauth-error.ts';

const BASIC = /^basic +(\S+) *$/i;

/**
 * Authenticates an OAuth client. The caller's name is its `client_id` and a key of the caller its
 * `client_secret`, by Basic or in the body (RFC 6749 §2.3).
 * @throws OAuthError where the client uses both
 */
export function authenticateClient(
  authorization: string | undefined,
  parameters: FormParameters,
  callers: CallersFile,
): ClientAuthentication {
  const id = parameters.get('client_id');
  const secret = parameters.get('client_secret');
  if (authorization === undefined || authorization === '') {
    return id === undefined || secret === undefined
      ? { caller: null, failure: 'missing' }
      : callers.authenticateClient(id, secret, 'key-post');
  }
  if (secret !== undefined) {
    throw new OAuthError(
      'invalid_request',
      'Send client_id and client_secret by Basic or in the body, not both.',
    );
  }
  const encoded = BASIC.exec(authorization)?.[1];
  const readings = encoded === undefined ? [] : readBasicCredentials(encoded);
  let failed: ClientAuthentication = { caller: null, failure: 'malformed' };
  for (const reading of readings) {
    const attempt = callers.authenticateClient(reading.id, reading.secret, 'key-basic');
    if (attempt.caller !== null) return sameClient(attempt, id);
    // Of several failures, a known key with another name is the most useful one to report.
    if (failed.caller === null && failed.failure !== 'name_mismatch') failed = attempt;
  }
  return failed;
}

/** Some clients send Basic and repeat their id in the body. */
function sameClient(authentication: ClientAuthentication, id: string | undefined): ClientAuthentication {
  if (id === undefined || id === authentication.caller?.name) return authentication;
  throw new OAuthError('invalid_request', 'The client_id in the body is another one than that of Basic.');
}
