import type { CredentialName } from './credential-name.ts';

/** A caller's reference to one token, which it names by SHA-256 and never by value. */
export interface TokenReference {
  readonly name: CredentialName;
  /** SHA-256 of the token: 64 lower-case hex digits. */
  readonly tokenSha256: string;
  /** The caller's name: budgets count per caller. */
  readonly caller: string;
}
