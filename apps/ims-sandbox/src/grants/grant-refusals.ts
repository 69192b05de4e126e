import { refusal } from '../wire/ims-refusal.ts';

// Bodies observed at IMS are verbatim (adobeio-auth#67, adobe-dev-console#54 and #124, acs-aem-commons#2860,
// asset-compute-client). For the others, code and status come from Adobe's table in "JWT Authentication
// Reference" and ConnectAPIRef.md, and the description states the cause that this table gives.

export const NO_EXCHANGE_SCOPE = refusal(
  401,
  'invalid_client',
  'The client does not have the exchange_jwt scope.',
);
export const WRONG_AUDIENCE = refusal(
  400,
  'invalid_client',
  'The aud field in the JWT points to a different IMS environment or does not match the client_id.',
);
export const MISSING_ASSERTION = refusal(400, 'invalid_token', 'The jwt_token parameter is missing.');
export const UNDECODABLE_ASSERTION = refusal(
  400,
  'invalid_token',
  'JWT token is incorrectly formatted, and can not be decoded.',
);
export const EXPIRED_ASSERTION = refusal(400, 'invalid_token', 'The JWT token has expired.');
export const NO_MATCHING_BINDING = refusal(
  400,
  'invalid_token',
  'Could not match JWT signature to any of the bindings',
);
export const WRONG_ALGORITHM = refusal(
  400,
  'invalid_signature',
  'The signature does not match the algorithm specified in the JWT header.',
);
export const REPLAYED_JTI = refusal(400, 'invalid_jti', 'The jti in the JWT was used before.');
export const NO_METASCOPES = refusal(400, 'invalid_scope', 'No metascopes were found in the JWT.');
export const UNBOUND_METASCOPES = refusal(
  400,
  'invalid_scope',
  'The metascopes in the JWT are not a subset of the metascopes in the binding.',
);
export const MALFORMED_CLAIMS = refusal(
  400,
  'bad_request',
  'The sub, iss, exp or jti of the JWT is missing or malformed.',
);
export const NOT_PROVISIONED = refusal(400, 'unauthorized_client');
export const UNSUPPORTED_GRANT_TYPE = refusal(
  400,
  'unsupported_grant_type',
  'grant_type must be client_credentials',
);
export const SCOPE_NOT_GRANTED = refusal(400, 'invalid_scope', 'invalid scope parameter');
