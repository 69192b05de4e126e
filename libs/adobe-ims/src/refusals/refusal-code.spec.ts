import { describe, expect, it } from 'vitest';

import { assertionRefusalCode, clientRefusalCode, type AssertionRefusalCode } from './refusal-code.ts';

const refusalOf = (status: number, error: string, description: string) => ({
  status,
  error,
  description: description.toLowerCase(),
  quoted: '',
});

describe('assertionRefusalCode', () => {
  it.each<[number, string, string, AssertionRefusalCode]>([
    [400, 'invalid_token', 'Could not match JWT signature to any of the bindings', 'signature_mismatch'],
    [401, 'invalid_token', 'Could not match JWT signature to any of the bindings', 'signature_mismatch'],
    [400, 'invalid_signature', '', 'signature_mismatch'],
    [
      400,
      'invalid_token',
      'JWT token is incorrectly formatted, and can not be decoded.',
      'ims_assertion_invalid',
    ],
    [400, 'invalid_token', '', 'ims_assertion_invalid'],
    [400, 'invalid_token', 'The JWT token has expired.', 'ims_assertion_expired'],
    [400, 'bad_request', 'The iss is malformed', 'ims_assertion_invalid'],
    [400, 'invalid_jti', '', 'ims_assertion_replayed'],
    [
      400,
      'invalid_scope',
      'The metascopes in the JWT are not a subset of the metascopes in the binding.',
      'ims_invalid_scope',
    ],
    [400, 'invalid_client', 'invalid client_id parameter', 'ims_invalid_client_id'],
    [400, 'invalid_request', 'invalid client_id parameter', 'ims_invalid_client_id'],
    [400, 'invalid_client', 'invalid client_secret parameter', 'ims_invalid_client_secret'],
    [
      401,
      'invalid_client',
      'The client_id/client_secret combination is invalid',
      'ims_invalid_client_secret',
    ],
    [401, 'invalid_client', '', 'ims_invalid_client_secret'],
    [400, 'invalid_client', '', 'ims_invalid_client'],
    [
      400,
      'invalid_client',
      'The aud points to a different IMS environment or client_id',
      'ims_invalid_client',
    ],
    [401, 'invalid_client', 'The client does not have the exchange_jwt scope.', 'ims_unauthorized_client'],
    [403, 'access_denied', '', 'ims_refused'],
    [400, '', '', 'ims_refused'],
  ])('reads HTTP %d %s "%s" as %s', (status, error, description, code) => {
    expect(assertionRefusalCode(refusalOf(status, error, description))).toBe(code);
  });
});

describe('clientRefusalCode', () => {
  it.each([
    [400, 'invalid_client', 'invalid client_secret parameter', 'ims_invalid_client_secret'],
    [400, 'unauthorized_client', '', 'ims_unauthorized_client'],
    [400, 'invalid_scope', 'invalid scope parameter', 'ims_invalid_scope'],
    [400, 'unsupported_grant_type', '', 'ims_refused'],
    [400, 'invalid_token', '', 'ims_refused'],
  ])('reads HTTP %d %s "%s" as %s', (status, error, description, code) => {
    expect(clientRefusalCode(refusalOf(status, error, description))).toBe(code);
  });
});
