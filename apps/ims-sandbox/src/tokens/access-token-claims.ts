import { z } from 'zod';

const decimalMillis = z.string().regex(/^\d+$/);

/**
 * The claims of an IMS access token. It has no `iss`, `aud`, `exp` or `iat`. The token expires at
 * `created_at` plus `expires_in`, both decimal strings in milliseconds. Tokens in Adobe's test fixtures look
 * like this, and the end-to-end tests of `@adobe/aio-lib-ims` assert it.
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

/** The checked claims of a token that this sandbox signed. */
export type AccessTokenClaims = z.infer<typeof accessTokenClaims>;

/** When the token expires, in epoch milliseconds. */
export function expiryMs(claims: AccessTokenClaims): number {
  return Number(claims.created_at) + Number(claims.expires_in);
}
