import type { AccessToken } from './access-token.ts';
import type { CredentialName } from './credential-name.ts';

/** The token of a credential as the store keeps it. */
export interface TokenRecord {
  readonly name: CredentialName;
  /**
   * Rises with every token of this credential. A process that has seen a generation refuses all lower ones.
   */
  readonly generation: number;
  readonly token: AccessToken;
  /** The version of the stored document that minted the token. */
  readonly version: string;
  /**
   * SHA-256 of earlier tokens that callers reported or had revoked, newest last, at most sixteen. No process
   * publishes one of them over this token.
   */
  readonly rejected?: readonly string[];
}
