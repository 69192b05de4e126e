import { z } from 'zod';

import { AccessToken, instant, type TokenRecord } from '#libs/tokens';

const time = z.number().transform(instant);
const schema = z.object({
  token: z.string().min(1),
  issuedAt: time,
  expiresAt: time,
  version: z.string(),
  rejected: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .max(16)
    .optional(),
});

/** Formats a token before it is sealed. Name and generation are not part of it: they are its place. */
export function writeTokenText({ token, version, rejected }: TokenRecord): string {
  const { issuedAt, expiresAt } = token;
  return JSON.stringify({ token: token.reveal(), issuedAt, expiresAt, version, rejected });
}

/** @throws Error for any text that `writeTokenText` does not write */
export function readTokenText(text: string): Omit<TokenRecord, 'name' | 'generation'> {
  const { token, issuedAt, expiresAt, version, rejected } = schema.parse(JSON.parse(text));
  return { token: new AccessToken(token, issuedAt, expiresAt), version, ...(rejected && { rejected }) };
}
