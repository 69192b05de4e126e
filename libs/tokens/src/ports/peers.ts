import type { CredentialName } from '../model/credential-name.ts';
import type { TokenRecord } from '../model/token-record.ts';

/** How many credentials one request names. */
export const MAX_KNOWN = 400;
/** How many tokens and removals one answer has. */
export const MAX_NEWS = 64;

/** What a process knows of some credentials. The answer is what its peer knows better. */
export interface PeerRequest {
  /** Credentials with the generation of the token or removal; at most `MAX_KNOWN`. */
  readonly known: readonly (readonly [CredentialName, number])[];
  /**
   * The names that `known` covers completely: those above `after`, up to `upTo` or to the end. Null: only the
   * named credentials are wanted.
   */
  readonly range: { readonly after: string; readonly upTo: string | null } | null;
}

/** A token, or the removal of a credential, of a higher generation than the asking process knows. */
export interface PeerNews {
  readonly name: CredentialName;
  readonly generation: number;
  /** Null: the credential was removed. */
  readonly record: TokenRecord | null;
}

export interface PeerAnswer {
  /** At most `MAX_NEWS`. */
  readonly news: readonly PeerNews[];
  /** Whether this is all that the peer knows better. */
  readonly isWhole: boolean;
  /** Whether the peer knows all credentials of the service. */
  readonly knowsAll: boolean;
}

/** The other processes of the service, for the time while the store carries nothing from one to another. */
export abstract class Peers {
  /** Asks all of them at once. Resolves to the answers that come within a second; never rejects. */
  abstract ask(request: PeerRequest): Promise<readonly PeerAnswer[]>;
}
