import type { CallersFile, ClientAuthentication } from '#libs/callers';

import { readBasicCredentials } from './basic-credentials.ts';
import type { FormParameters } from './form-parameters.ts';
import { OAuthError } from './oauth-error.ts';

const BASIC = /^basic +(\S+) *$/i;

/**
 * Recognises the caller behind an OAuth client: its name as `client_id` and one of its keys as `client_secret`, by Basic or
 * in the body, but not both (RFC 6749 §2.3).
 * @throws OAuthError where the client uses two ways at once
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
  let answer: ClientAuthentication = { caller: null, failure: 'malformed' };
  for (const reading of readings) {
    const attempt = callers.authenticateClient(reading.id, reading.secret, 'key-basic');
    if (attempt.caller !== null) return sameClient(attempt, id);
    // A known key under another name says most about the mistake.
    if (answer.caller === null && answer.failure !== 'name_mismatch') answer = attempt;
  }
  return answer;
}

/** Some clients repeat their id in the body, which says nothing new. */
function sameClient(authentication: ClientAuthentication, id: string | undefined): ClientAuthentication {
  if (id === undefined || id === authentication.caller?.name) return authentication;
  throw new OAuthError('invalid_request', 'The client_id in the body is another one than that of Basic.');
}
