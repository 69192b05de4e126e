import { instant, type Clock, type Instant, type Seconds } from '#libs/tokens';
import { errors, jwtVerify, type JWTPayload } from 'jose';

import type { AuthenticationFailure } from './authentication.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import type { VerifiedClaims } from './jwt-callers.ts';
import { KeysUnavailable } from './keys-unavailable.ts';

/**
 * Public-key algorithms only. With `HS256` or `none`, anyone with the public key could forge a token (RFC
 * 8725 §2.1).
 */
export const JWT_ALGORITHMS: readonly string[] =
  'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
/** Allowed difference between the clocks of the issuer and this service, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 30;
/** The `typ` of a token for another use, such as a logout or a DPoP proof (RFC 8725 §3.11). */
const OTHER_USE = /^(?!(application\/)?at\+jwt$).*\+jwt$/i;

interface VerifiedToken {
  readonly claims: VerifiedClaims;
  /** When the service starts to refuse the token, clock tolerance included. */
  readonly until: Instant;
}

/**
 * Verifies signature, issuer, `typ` and times of a token (RFC 7519, RFC 8725).
 * @param maxLife from `iat` (or `nbf`, or now) to `exp`
 */
export async function verifyToken(
  token: string,
  keys: IssuerKeys,
  clock: Clock,
  maxLife: Seconds,
): Promise<VerifiedToken | AuthenticationFailure> {
  const now = clock.now();
  try {
    const { payload, protectedHeader } = await jwtVerify(token, (header) => keys.keyFor(header), {
      issuer: keys.source.issuer,
      algorithms: [...JWT_ALGORITHMS],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    if (OTHER_USE.test(protectedHeader.typ ?? '') || isFromTheFuture(payload, now)) return 'invalid_token';
    if (lifeOf(payload, now) > maxLife) return 'long_lived_token';
    return {
      claims: {
        issuer: keys.source.issuer,
        audiences: [payload.aud ?? []].flat(),
        subject: payload.sub ?? '',
      },
      until: instant(((payload.exp ?? 0) + CLOCK_TOLERANCE_SECONDS) * 1000),
    };
  } catch (error) {
    if (error instanceof KeysUnavailable) return 'issuer_unavailable';
    if (error instanceof errors.JWTExpired) return 'expired_token';
    // jose also passes on Web Crypto's errors for a malformed key or signature.
    return 'invalid_token';
  }
}

/** In seconds. */
function lifeOf({ exp = 0, iat, nbf }: JWTPayload, now: Instant): number {
  return exp - (iat ?? nbf ?? now / 1000);
}

/** jose checks `iat` only if a maximum age is set. */
function isFromTheFuture({ iat }: JWTPayload, now: Instant): boolean {
  return iat !== undefined && iat * 1000 > now + CLOCK_TOLERANCE_SECONDS * 1000;
}
