import type { RegisteredCertificate } from './registered-certificate.ts';

/** What an account may do: the JWT exchange, `client_credentials`, or hold a developer's login token. */
export type CredentialKind = 'jwt' | 'oauth' | 'local';

/**
 * A technical account with everything bound to its client id. During a migration one account has both kinds
 * (Adobe Developer Console, "Migrating from Service Account (JWT) credential").
 */
export interface Account {
  readonly clientId: string;
  readonly kinds: readonly CredentialKind[];
  readonly org: string;
  readonly technicalAccountId: string;
  readonly email: string;
  /** Oldest first. */
  readonly secrets: readonly string[];
  /** Oldest first; any of them may sign an assertion. */
  readonly certificates: readonly RegisteredCertificate[];
  readonly metascopes: readonly string[];
  readonly scopes: readonly string[];
}
