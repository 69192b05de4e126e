import { SignJWT } from 'jose';

import type { Instant, JwtCredential } from '#libs/tokens';

/** Adobe advises "a few minutes"; its own clients use five. */
const LIFE_SECONDS = 300;

/**
 * Signs the JWT that is traded for an access token (RFC 7523 in IMS's dialect: Adobe, "JWT Authentication Reference").
 * @param now by IMS's clock, as far as that is known
 * @param jti only where IMS demanded one; an integer, and never the same twice
 */
export function signAssertion(credential: JwtCredential, now: Instant, jti: number | null): Promise<string> {
  const { imsOrigin, metascopes, clientId, organizationId, technicalAccountId, privateKey } = credential;
  const claims: Record<string, unknown> = {
    iss: organizationId,
    sub: technicalAccountId,
    aud: `${imsOrigin}/c/${clientId}`,
    exp: Math.floor(now / 1000) + LIFE_SECONDS,
    ...Object.fromEntries(metascopes.map((scope) => [`${imsOrigin}/s/${scope}`, true])),
    ...(jti === null ? {} : { jti }),
  };
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(privateKey);
}
