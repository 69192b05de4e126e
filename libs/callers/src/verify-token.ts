import { instant, type Clock, type Instant } from '#libs/tokens';
import { errors, jwtVerify, type JWTPayload } from 'jose';

import type { AuthenticationFailure } from './authentication.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import type { VerifiedClaims } from './jwt-callers.ts';
import { KeysUnavailable } from './keys-unavailable.ts';

/** By public keys only: with a shared secret, or none, whoever knows the public key could sign. */
const ALGORITHMS = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
/** How far the clocks of an issuer and of this service may be apart. */
const CLOCK_TOLERANCE_SECONDS = 30;
/** A token typed for some other use, such as a logout or a DPoP proof (RFC 8725 §3.11). */
const OTHER_USE = /^(?!(application\/)?at\+jwt$).*\+jwt$/i;

interface VerifiedToken {
  readonly claims: VerifiedClaims;
  /** From when on it is refused, the tolerance included. */
  readonly until: Instant;
}

/** Checks signature, issuer and times of a token. */
export async function verifyToken(
  token: string,
  keys: IssuerKeys,
  clock: Clock,
): Promise<VerifiedToken | AuthenticationFailure> {
  const now = clock.now();
  try {
    const { payload, protectedHeader } = await jwtVerify(token, (header) => keys.keyFor(header), {
      issuer: keys.source.issuer,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now),
    });
    if (OTHER_USE.test(protectedHeader.typ ?? '') || isFromTheFuture(payload, now)) return 'invalid_token';
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
    // Besides its own, jose lets through the errors of Web Crypto for a key or a signature out of shape.
    return 'invalid_token';
  }
}

/** jose looks at `iat` only where a token's age is limited. */
function isFromTheFuture({ iat }: JWTPayload, now: Instant): boolean {
  return iat !== undefined && iat * 1000 > now + CLOCK_TOLERANCE_SECONDS * 1000;
}
