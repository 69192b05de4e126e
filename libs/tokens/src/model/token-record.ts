import type { AccessToken } from './access-token.ts';
import type { CredentialName } from './credential-name.ts';

/** A credential's token as the store keeps it. */
export interface TokenRecord {
  readonly name: CredentialName;
  /** Counts up with every token of this credential; who has seen a higher one refuses a lower. */
  readonly generation: number;
  readonly token: AccessToken;
  /** The version of the stored document that minted it. */
  readonly version: string;
}
