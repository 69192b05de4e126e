import { refusal } from './ims-refusal.ts';

// Verbatim where a body was observed in the wild (adobeio-auth#67, adobe-dev-console#54 and #124, acs-aem-commons#2860,
// asset-compute-client); elsewhere the code and status are Adobe's table in "JWT Authentication Reference" and
// ConnectAPIRef.md, and the sentence follows the cause that table gives.

export const UNKNOWN_CLIENT = refusal(400, 'invalid_client', 'invalid client_id parameter');
export const BAD_SECRET = refusal(400, 'invalid_client', 'invalid client_secret parameter');
export const BAD_SECRET_FOR_EXCHANGE = refusal(401, 'invalid_client', 'invalid client_secret parameter');
export const NO_EXCHANGE_SCOPE = refusal(
  401,
  'invalid_client',
  'The client does not have the exchange_jwt scope.',
);
export const OTHER_ENVIRONMENT = refusal(
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
export const OTHER_ALGORITHM = refusal(
  400,
  'invalid_signature',
  'The signature does not match the algorithm specified in the JWT header.',
);
export const REPLAYED_JTI = refusal(400, 'invalid_jti', 'The jti in the JWT was used before.');
export const NO_METASCOPES = refusal(400, 'invalid_scope', 'No metascopes were found in the JWT.');
export const METASCOPES_NOT_BOUND = refusal(
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
export const OTHER_GRANT = refusal(400, 'unsupported_grant_type', 'grant_type must be client_credentials');
export const SCOPE_NOT_GRANTED = refusal(400, 'invalid_scope', 'invalid scope parameter');
export const MISSING_TOKEN = refusal(400, 'bad_request', 'The token parameter is missing.');
export const OTHER_TOKEN_TYPE = refusal(
  400,
  'bad_request',
  'Only tokens of the type access_token are known here.',
);
