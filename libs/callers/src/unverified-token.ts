import { decodeJwt, decodeProtectedHeader, errors } from 'jose';

/** A compact JWS (RFC 7515 §3.1): three Base64url parts. The last is empty in an unsigned token. */
const JWT = /^[\w-]+\.[\w-]*\.[\w-]*$/;

/** Whether a Bearer value is a JWT, valid or not, and no API key. */
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

/** The unverified `iss` claim, which selects the keys to verify with; null if the token has none. */
export function claimedIssuer(token: string): string | null {
  try {
    return decodeJwt(token).iss ?? null;
  } catch (error) {
    if (error instanceof errors.JWTInvalid) return null;
    throw error;
  }
}
