import { SignJWT } from 'jose';

import type { Instant, JwtCredential } from '#libs/tokens';

/** Adobe advises "a few minutes"; Adobe's own clients use five. */
const LIFE_SECONDS = 300;

/**
 * Signs the JWT that IMS exchanges for an access token (RFC 7523, as Adobe's "JWT Authentication Reference"
 * varies it).
 * @param now by IMS's clock where the offset is known, else by this machine's
 * @param jti an integer that was never used before, after IMS demanded one; else null
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
