import { AccessToken, between, instant, type Instant, type LocalCredential } from '#libs/tokens';
import { decodeJwt } from 'jose';
import { z } from 'zod';

import { fields, readFields, text } from './document-fields.ts';

const REMEDY =
  'Fetch a new token in the AEM Developer Console (Get Local Development Token) and store the document unchanged.';
/** In milliseconds. IMS grants 24 hours. */
const MAX_LIFE = 48 * 60 * 60_000;

/** Seconds since the epoch (RFC 7519 §2, NumericDate). */
const seconds = z.int().min(0).max(1e11);
/** IMS writes times in milliseconds, usually as decimal text. */
const milliseconds = z.union([z.int().min(0).max(1e14), z.string().regex(/^\d{1,14}$/)]).transform(Number);

const ImsClaims = z.looseObject({
  created_at: milliseconds,
  expires_in: milliseconds,
  exp: seconds.optional(),
});
const RegisteredClaims = z.looseObject({ iat: seconds, exp: seconds });

const accessToken = text
  .regex(
    /^[\w-]+\.[\w-]+\.[\w-]*$/,
    'is not an access token: three base64url parts with dots between are expected',
  )
  .transform((value, context): AccessToken => {
    const life = lifeOf(value);
    if (typeof life !== 'string') return new AccessToken(value, life.issuedAt, life.expiresAt);
    context.addIssue(life);
    return z.NEVER;
  });

const LocalToken = fields({ accessToken });

/** Reads a local development token (kind `local`), also an expired one: its status tells what to do. */
export function readLocalToken(document: unknown): LocalCredential {
  return { kind: 'local', token: readFields(LocalToken, document, '', REMEDY).accessToken };
}

interface Life {
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
}

/** The lifetime by the token's own claims, with the earlier of two ends; or the fault of the claims. */
function lifeOf(token: string): Life | string {
  const claims = claimsOf(token);
  const life = imsLife(claims) ?? registeredLife(claims);
  if (life === null) return 'is a token whose claims do not say when it was made and when it expires';
  const length = between(life.issuedAt, life.expiresAt);
  if (length <= 0) return 'is a token that expires no later than it was made';
  return length > MAX_LIFE ? 'is a token that claims to live longer than 48 hours' : life;
}

function imsLife(claims: unknown): Life | null {
  const { data } = ImsClaims.safeParse(claims);
  if (data === undefined) return null;
  const end = data.created_at + data.expires_in;
  return {
    issuedAt: instant(data.created_at),
    expiresAt: instant(data.exp === undefined ? end : Math.min(end, data.exp * 1000)),
  };
}

function registeredLife(claims: unknown): Life | null {
  const { data } = RegisteredClaims.safeParse(claims);
  return data === undefined
    ? null
    : { issuedAt: instant(data.iat * 1000), expiresAt: instant(data.exp * 1000) };
}

function claimsOf(token: string): unknown {
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
}
