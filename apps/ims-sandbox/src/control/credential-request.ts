import { z } from 'zod';

const name = /^[A-Za-z0-9][A-Za-z0-9_.:@/-]*$/;
const scopeNames = z
  .union([z.string().transform((text) => text.split(',').map((each) => each.trim())), z.array(z.string())], {
    error: 'must be an array of scope names or one comma-separated string',
  })
  .refine((scopes) => scopes.length > 0 && scopes.every((scope) => name.test(scope)), {
    error: 'must name at least one scope; letters, digits and _ . : @ / - only',
  });

/** The body of `POST /sandbox/credentials`. */
export const credentialRequest = z.strictObject(
  {
    kind: z.enum(['jwt', 'oauth', 'local'], { error: 'must be one of jwt, oauth, local' }),
    metascopes: scopeNames.optional(),
    scopes: scopeNames.optional(),
    certificateDays: z
      .number({ error: 'must be a number of days; 0 or less makes an expired certificate' })
      .min(-10_000, 'must be -10000 or more')
      .max(10_000, 'must be 10000 or less')
      .optional(),
    clientId: z
      .string({ error: 'must be a client id' })
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'must be 1 to 100 letters, digits and _ . -')
      .optional(),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'must be a JSON object' : undefined) },
);

/** A checked request for a credential. */
export type CredentialRequest = z.infer<typeof credentialRequest>;

/**
 * The query of `DELETE /sandbox/credentials/{clientId}`: one certificate or one secret. Without either, the
 * sandbox deletes the whole account.
 */
export const revocationQuery = z
  .strictObject({
    certificate: z
      .string({ error: 'must be given once' })
      .regex(
        /^([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i,
        'must be the SHA-256 fingerprint, 64 hex digits, colons allowed',
      )
      .optional(),
    secret: z.string({ error: 'must be given once' }).min(1, 'must not be empty').optional(),
  })
  .refine((query) => query.certificate === undefined || query.secret === undefined, {
    error: 'give certificate or secret, not both',
  });

/** A checked revocation. */
export type RevocationQuery = z.infer<typeof revocationQuery>;
