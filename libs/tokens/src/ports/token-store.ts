import type { CredentialName } from '../model/credential-name.ts';
import type { CredentialStatusRecord } from '../model/credential-status-record.ts';
import type { ExchangeCause, ExchangeLimits, Spending } from '../model/exchange-limits.ts';
import type { Lease } from './lease.ts';
import type { TokenRecord } from '../model/token-record.ts';
import type { Millis } from '../model/units.ts';

/** The store did not answer in time, or not at all. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly code = 'store_unavailable';
}

/** One credential as the store lists it. */
export interface StoreListing {
  readonly name: CredentialName;
  /** Of the newest token, or of the removal; 0 before the first. */
  readonly generation: number;
  readonly removed: boolean;
  readonly status: CredentialStatusRecord | null;
}

/** What a look at one token finds. */
export type StoredToken =
  | { readonly status: 'found'; readonly record: TokenRecord }
  | { readonly status: 'absent'; readonly generation: number }
  /** Sealed with a key this process does not know (yet): another's business, leave it alone. */
  | { readonly status: 'unknown-key'; readonly generation: number }
  /** Altered, cut short or moved here from elsewhere: never vended, to be replaced. */
  | { readonly status: 'tampered'; readonly generation: number };

/** What became of a publication: taken, or refused because the store holds a generation the publisher had not seen. */
export type Publication =
  | { readonly status: 'published'; readonly generation: number }
  | { readonly status: 'superseded'; readonly generation: number };

/**
 * Where the two sides meet: tokens and reports of every credential, shared by all processes.
 * Every method settles within a deadline of the adapter's own and throws StoreUnavailable when it cannot do its work.
 */
export abstract class TokenStore {
  /** All credentials with their generations and reports, in a fixed number of commands however many there are. */
  abstract list(): Promise<readonly StoreListing[]>;

  /** The current token of one credential. */
  abstract read(name: CredentialName): Promise<StoredToken>;

  /**
   * Makes `record.token` the current one if the store's generation is below `record.generation`; decided in the store,
   * so that of two publishers one wins and an older token never replaces a newer.
   */
  abstract publish(record: TokenRecord): Promise<Publication>;

  /** Writes the report of a credential, whatever its token. */
  abstract writeStatus(status: CredentialStatusRecord): Promise<void>;

  /** Takes a credential out, leaving its generation behind as a fence, where the store's generation is below `generation`. */
  abstract remove(name: CredentialName, generation: number): Promise<Publication>;

  /**
   * True for the first process of all that asks for this mark of a credential, false for everybody after it, for two
   * months at least: what is to be said once.
   * @param mark letters, digits and `-`
   */
  abstract markOnce(name: CredentialName, mark: string): Promise<boolean>;

  /**
   * Takes the lease on a credential: of all processes one holds it. Null where another does. It runs out by itself
   * after `holdFor`, so a holder that dies holds up nobody for longer; a process paused past that may act on a lease it
   * no longer has, and is stopped by the generation of what it publishes.
   */
  abstract acquireLease(name: CredentialName, holdFor: Millis): Promise<Lease | null>;

  /**
   * Takes one exchange out of the budget of all processes, if both the caller's share and the credential's allow it;
   * decided in the store, so that however many ask at once no more are granted. Each cause has a budget of its own.
   */
  abstract spendExchange(
    name: CredentialName,
    cause: ExchangeCause,
    caller: string,
    limits: ExchangeLimits,
  ): Promise<Spending>;

  /** The tokens that were current before, newest first: those whose life is not over, sixteen at most. */
  abstract readEarlier(name: CredentialName): Promise<readonly TokenRecord[]>;

  /** Remembers for a week at least that IMS invalidated a token. */
  abstract noteRevoked(name: CredentialName, tokenSha256: string): Promise<void>;

  abstract isRevoked(name: CredentialName, tokenSha256: string): Promise<boolean>;

  /** Calls `hint` when another process may have changed a credential. Hints get lost; `list` is the truth. Returns how to stop. */
  abstract watch(hint: (name: CredentialName) => void): () => void;

  /** Lets go of connections; nothing can be asked afterwards. */
  abstract close(): Promise<void>;
}
