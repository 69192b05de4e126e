import { refusal } from '../wire/ims-refusal.ts';

// Adobe does not publish these bodies. Status and code follow those of IMS for a malformed request.

export const MISSING_TOKEN = refusal(400, 'bad_request', 'The token parameter is missing.');
export const UNSUPPORTED_TOKEN_TYPE = refusal(
  400,
  'bad_request',
  'Only tokens of the type access_token are known here.',
);
