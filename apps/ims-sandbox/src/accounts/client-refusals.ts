import { refusal } from '../wire/ims-refusal.ts';

// Verbatim bodies, observed in adobeio-auth#67 and adobe-dev-console#54. The JWT exchange answers a wrong
// client secret with 401, the token endpoint with 400.

export const UNKNOWN_CLIENT = refusal(400, 'invalid_client', 'invalid client_id parameter');
export const WRONG_SECRET = refusal(400, 'invalid_client', 'invalid client_secret parameter');
export const WRONG_SECRET_IN_EXCHANGE = refusal(401, 'invalid_client', 'invalid client_secret parameter');
