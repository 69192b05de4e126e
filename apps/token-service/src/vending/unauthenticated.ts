import type { AuthenticationFailure } from '#libs/callers';

import { Problem } from './problem.ts';

const DETAILS: Record<AuthenticationFailure, string> = {
  missing: 'Send your key: "Authorization: Bearer KEY", or Basic with your caller name and key.',
  malformed: 'The Authorization header is neither "Bearer KEY" nor "Basic base64(name:key)".',
  unknown_key: 'This key belongs to no caller.',
  name_mismatch: 'This key belongs to another caller than the one named.',
};

/** The answer to somebody nobody knows. */
export const unauthenticated = (failure: AuthenticationFailure): Problem =>
  new Problem('unauthenticated', DETAILS[failure]);
