import { decodeJwt } from 'jose';
import { z } from 'zod';

import { between, instant, type Instant, type Millis } from '#libs/tokens';

import { decimal } from './decimal.ts';

const readable = decimal.refine(Number.isFinite).optional().catch(undefined);
/**
 * IMS writes `created_at` and `expires_in` as decimal strings in milliseconds. `exp` (seconds) is not in
 * today's tokens.
 */
const lifeClaims = z.object({ created_at: readable, expires_in: readable, exp: readable });

/** The lifetime that a token's own claims state, by IMS's clock. */
export interface TokenClaims {
  readonly expiresAt: Instant;
  readonly life: Millis;
}

/**
 * Reads a token's lifetime claims without verifying the signature: IMS itself sent it. Null when no claim
 * states the end.
 */
export function readTokenClaims(token: string, issuedAt: Instant): TokenClaims | null {
  const claims = lifeClaims.safeParse(payloadOf(token)).data;
  if (claims === undefined) return null;
  const { created_at: createdAt, expires_in: expiresIn, exp } = claims;
  const ends: number[] = [];
  if (createdAt !== undefined && expiresIn !== undefined) ends.push(createdAt + expiresIn);
  if (exp !== undefined) ends.push(exp * 1000);
  if (ends.length === 0) return null;
  const expiresAt = instant(Math.min(...ends));
  return { expiresAt, life: between(createdAt === undefined ? issuedAt : instant(createdAt), expiresAt) };
}

/** The client id that a token was issued to, unverified; null without that claim. */
export function readClientId(token: string): string | null {
  return z.object({ client_id: z.string() }).safeParse(payloadOf(token)).data?.client_id ?? null;
}

function payloadOf(token: string): unknown {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}
