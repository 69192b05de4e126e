import { z } from 'zod';

const decimalMillis = z.string().regex(/^\d+$/);

/**
 * The claims of an IMS access token. There is no `iss`, `aud`, `exp` or `iat`; the life is `created_at`
 * plus `expires_in`, both decimal strings in milliseconds (seen in tokens that Adobe's own test
 * fixtures carry, and asserted by the end-to-end tests of `@adobe/aio-lib-ims`).
 */
export const accessTokenClaims = z.looseObject({
  id: z.string(),
  type: z.literal('access_token'),
  client_id: z.string(),
  user_id: z.string(),
  scope: z.string(),
  created_at: decimalMillis,
  expires_in: decimalMillis,
});

/** What every part of the sandbox may rely on in a token it signed itself. */
export type AccessTokenClaims = z.infer<typeof accessTokenClaims>;

/** The instant the token dies, in epoch milliseconds. */
export function expiryMs(claims: AccessTokenClaims): number {
  return Number(claims.created_at) + Number(claims.expires_in);
}
