import type { AuthenticationFailure } from '#libs/callers';
import { seconds, type Seconds } from '#libs/tokens';

import { ALL_CHALLENGES, BEARER_CHALLENGE } from '../http/challenges.ts';
import { Problem, type ProblemCode } from '../http/problem.ts';

const DETAILS: Record<AuthenticationFailure, string> = {
  missing:
    'Send your key or workload token: "Authorization: Bearer KEY_OR_JWT", or Basic with your caller name and key.',
  malformed: 'The Authorization header is neither "Bearer KEY_OR_JWT" nor "Basic base64(name:key)".',
  unknown_key: 'This key belongs to no caller: check it, or have it added to the callers file.',
  hand_made_key:
    'This key is not accepted, because a person may have chosen it: have one made by ims-token caller-key.',
  key_line_break:
    'This key ends in a line break: send it without (printf %s "$KEY" instead of echo, or strip the text of the file).',
  key_padding: 'This key begins or ends with a space or an invisible character: send it without.',
  digest_with_line_break:
    'apiKeySha256 in the callers file is the SHA-256 of this key with a line break at its end: hash it without (printf %s "$KEY" | sha256sum).',
  callers_outdated:
    'No caller is authenticated: this process cannot read a valid callers file. Its log and ims_callers_file_ok have the reason; your key is not at fault.',
  name_mismatch: 'This key belongs to another caller than the one named.',
  invalid_token:
    'This JWT cannot be verified: send one as its issuer signed it (RS, PS or ES 256 to 512, or EdDSA), with "exp", within its times.',
  long_lived_token:
    'This JWT lives too long: ask its issuer for one that expires sooner after it was issued (CALLER_JWT_MAX_SECONDS).',
  verification_busy: 'Too many JWTs from your address are being verified; ask again in a moment.',
  expired_token: 'This JWT has expired: get a new one from its issuer.',
  unknown_issuer:
    'No caller is known by tokens of this issuer: "iss" has to be the issuer in the callers file, exactly.',
  wrong_audience:
    'This JWT is for another audience: ask its issuer for the audience that the callers file has.',
  unknown_subject:
    'No caller is known by the subject of this JWT: "sub" has to be the one in the callers file, exactly.',
  issuer_unavailable:
    "This JWT cannot be verified now: its issuer's keys cannot be fetched. Try again in a moment; the log of this service has the reason.",
};

/** Failures that are not the caller's, so that it keeps its key. */
const NOT_401: Partial<Record<AuthenticationFailure, { code: ProblemCode; retryAfter: Seconds }>> = {
  callers_outdated: { code: 'callers_outdated', retryAfter: seconds(5) },
  verification_busy: { code: 'rate_limited', retryAfter: seconds(1) },
};

/** The response to a caller that could not be authenticated. */
export const unauthenticated = (
  failure: AuthenticationFailure,
  challenges: readonly string[] = ALL_CHALLENGES,
): Problem => {
  const other = NOT_401[failure];
  if (other !== undefined) {
    return new Problem(other.code, DETAILS[failure], { retryAfter: other.retryAfter });
  }
  return new Problem('unauthenticated', DETAILS[failure], { challenges });
};

/** The same; status 429 where the client must wait before the next attempt. */
export function unauthenticatedOrThrottled(
  failure: AuthenticationFailure,
  retryAfter: Seconds | null,
  challenges: readonly string[] = ALL_CHALLENGES,
): Problem {
  if (retryAfter === null) return unauthenticated(failure, challenges);
  return new Problem(
    'rate_limited',
    `Too many failed authentications from your address; wait before you try again. ${DETAILS[failure]}`,
    { retryAfter },
  );
}

/** The same for the requests of a page: at a Basic challenge, the browser would open a dialog of its own. */
export const unauthenticatedPage = (failure: AuthenticationFailure, retryAfter: Seconds | null): Problem =>
  unauthenticatedOrThrottled(failure, retryAfter, [BEARER_CHALLENGE]);
