import { z } from 'zod';

/** In characters. */
const MAX_LENGTH = 1_024;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The `iss`, `aud` and `sub` claims that identify a workload (RFC 7519 §4.1). Each must match exactly. */
export const jwtIdentitySchema = z.strictObject({
  issuer: z
    .string()
    .max(MAX_LENGTH, 'is too long')
    .refine(
      isIssuer,
      'must be the https URL in the "iss" claim of its tokens, without user, query and fragment ' +
        '(http only for localhost)',
    ),
  audience: claim('aud'),
  subject: claim('sub'),
  jwksUri: z
    .string()
    .max(MAX_LENGTH, 'is too long')
    .refine(isKeySource, 'must be an https URL without user and fragment (http only for localhost)')
    .optional(),
  bearerTokenFile: z
    .string()
    .min(1, 'must be the path of a file')
    .max(MAX_LENGTH, 'is too long')
    // A path with this character cannot be opened.
    .refine((path) => !path.includes('\0'), 'must be the path of a file')
    .optional(),
});

export type JwtIdentity = z.infer<typeof jwtIdentitySchema>;

/**
 * Whether keys may be fetched from a URL: only over TLS, so that an attacker on the network cannot replace
 * them.
 */
export function isKeySource(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '' || text.includes('#')) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
}

function isIssuer(text: string): boolean {
  return isKeySource(text) && !text.includes('?');
}

function claim(name: string) {
  return z.string().min(1, `must be the "${name}" claim of its tokens`).max(MAX_LENGTH, 'is too long');
}
