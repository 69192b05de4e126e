import { decodeJwt, decodeProtectedHeader, errors } from 'jose';

/** Three parts of base64url; the last is empty in a token that nobody signed. */
const JWT = /^[\w-]+\.[\w-]*\.[\w-]*$/;

/** Whether a Bearer value is a JWT, good or bad, rather than a key. */
export function isJwt(value: string): boolean {
  if (!JWT.test(value)) return false;
  try {
    decodeProtectedHeader(value);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** The issuer that a token says it is from, to choose whose keys it is checked with; null where it says none. */
export function claimedIssuer(token: string): string | null {
  try {
    return decodeJwt(token).iss ?? null;
  } catch (error) {
    if (error instanceof errors.JWTInvalid) return null;
    throw error;
  }
}
