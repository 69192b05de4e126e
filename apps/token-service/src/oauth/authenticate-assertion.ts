import type { Authentication, CallersFile, Sender } from '#libs/callers';
import { decodeJwt } from 'jose';

import type { FormParameters } from './form-parameters.ts';
import { OAuthError } from './oauth-error.ts';
import { unsupportedAssertionType } from './oauth-refusals.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Authenticates an OAuth client by the JWT in `client_assertion` (RFC 7521 §4.2, RFC 7523 §2.2). Null where
 * the client sends none.
 * @throws OAuthError where one of the two parameters is missing, the type is another one, or the client uses
 * a second way to authenticate
 */
export function authenticateAssertion(
  authorization: string | undefined,
  parameters: FormParameters,
  callers: CallersFile,
  sender: Sender,
): Authentication | Promise<Authentication> | null {
  const assertion = parameters.get('client_assertion');
  const type = parameters.get('client_assertion_type');
  if (assertion === undefined && type === undefined) return null;
  if (assertion === undefined || type === undefined) {
    throw invalidRequest('Send both client_assertion and client_assertion_type.');
  }
  // RFC 6749 §2.3: at most one way in each request.
  if ((authorization ?? '') !== '' || parameters.has('client_secret')) {
    throw invalidRequest('Send a client_assertion or a client_secret, not both.');
  }
  if (type !== JWT_BEARER) throw unsupportedAssertionType(JWT_BEARER);
  const authentication = callers.authenticateAssertion(assertion, sender);
  const check = (done: Authentication): Authentication =>
    sameClient(done, assertion, parameters.get('client_id'));
  return authentication instanceof Promise ? authentication.then(check) : check(authentication);
}

/** `client_id` may be left out. It is the caller's name, or the subject of the JWT (RFC 7521 §4.2). */
function sameClient(done: Authentication, assertion: string, id: string | undefined): Authentication {
  if (done.caller === null || id === undefined || id === done.caller.name) return done;
  return decodeJwt(assertion).sub === id ? done : { caller: null, failure: 'name_mismatch' };
}

const invalidRequest = (description: string): OAuthError => new OAuthError('invalid_request', description);
