import { z } from 'zod';
import type { Account } from '../accounts/account.ts';
import { registeredCertificate } from '../accounts/registered-certificate.ts';

const accountRecord = z.strictObject({
  clientId: z.string(),
  kinds: z.array(z.enum(['jwt', 'oauth', 'local'])),
  org: z.string(),
  technicalAccountId: z.string(),
  email: z.string(),
  secrets: z.array(z.string()),
  certificates: z.array(z.string().transform(registeredCertificate)),
  metascopes: z.array(z.string()),
  scopes: z.array(z.string()),
});

/** The content of the state file. The key that signs tokens is the only private key in it. */
export const stateRecord = z.strictObject({
  version: z.literal(1),
  signingKey: z.string(),
  accounts: z.array(accountRecord),
  invalidatedTokens: z.array(z.strictObject({ id: z.string(), expiresAtMs: z.number() })),
});

/** The state after reading: certificates are parsed. */
export type StateRecord = z.infer<typeof stateRecord>;

/** The state on disk: certificates are PEM texts. */
export type StoredState = z.input<typeof stateRecord>;

/** Converts an account to its form on disk. */
export function toAccountRecord(account: Account): StoredState['accounts'][number] {
  return {
    ...account,
    kinds: [...account.kinds],
    secrets: [...account.secrets],
    certificates: account.certificates.map(({ pem }) => pem),
    metascopes: [...account.metascopes],
    scopes: [...account.scopes],
  };
}
