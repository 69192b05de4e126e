import type { CredentialName } from '../model/credential-name.ts';
import type { CredentialStatusRecord } from '../model/credential-status-record.ts';
import type { ExchangeCause, ExchangeLimits, Spending } from '../model/exchange-limits.ts';
import type { SourceReport } from '../model/source-report.ts';
import type { TokenRecord } from '../model/token-record.ts';
import type { Millis } from '../model/units.ts';

/** The store did not answer within its deadline, or refused. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
  readonly code = 'store_unavailable';
}

/** One credential as the store lists it. */
export interface StoreListing {
  readonly name: CredentialName;
  /** Generation of the newest token, or of the removal; 0 before the first token. */
  readonly generation: number;
  readonly removed: boolean;
  readonly status: CredentialStatusRecord | null;
}

/** The result of reading one token. */
export type StoredToken =
  | { readonly status: 'found'; readonly record: TokenRecord }
  | { readonly status: 'absent'; readonly generation: number }
  /** Removed, by a process that can prove it. */
  | { readonly status: 'removed'; readonly generation: number }
  /** Sealed with a key that this process does not know, or not yet. It is left alone. */
  | { readonly status: 'unknown-key'; readonly generation: number }
  /** Changed, cut short, or moved here from another key. It is never vended, and is replaced. */
  | { readonly status: 'tampered'; readonly generation: number };

/**
 * The result of a publication: accepted, or refused because the store holds a generation that is not lower.
 */
export type Publication =
  | { readonly status: 'published'; readonly generation: number }
  | { readonly status: 'superseded'; readonly generation: number };

/** The right to exchange one credential for a while. One process at a time acquires it from a TokenStore. */
export interface Lease {
  /**
   * Gives the lease back before it expires. Never throws. Does nothing where the lease has expired, even if
   * another process holds it by now. While the store is down the lease expires by itself.
   */
  release(): Promise<void>;
}

/**
 * The place where the two sides meet: tokens and status records of every credential, shared by all processes.
 * Every method settles within a deadline of the adapter, and throws StoreUnavailable when it cannot do its
 * work.
 */
export abstract class TokenStore {
  /**
   * Lists all credentials with generation and status, in a fixed number of commands however many there are.
   */
  abstract list(): Promise<readonly StoreListing[]>;

  /** Records that a process has listed its credential source completely. */
  abstract noteListing(): Promise<void>;

  /** Whether any process has ever recorded a complete listing: until then an empty store means nothing. */
  abstract hasListing(): Promise<boolean>;

  /** Writes what a process found at its credential source, for processes that have none. */
  abstract writeSourceReport(report: SourceReport): Promise<void>;

  /** Reads the last report; null where there is none, or none that a process of this service wrote. */
  abstract readSourceReport(): Promise<SourceReport | null>;

  /** Reads the current token of one credential. */
  abstract read(name: CredentialName): Promise<StoredToken>;

  /**
   * Returns those of the given credentials of which the store holds another generation, or a changed token:
   * it was evicted, flushed, damaged or replaced. Costs as much as the number of credentials given.
   * @param held the generation that this process knows of each; 0 before the first token
   */
  abstract findLost(held: ReadonlyMap<CredentialName, number>): Promise<readonly CredentialName[]>;

  /**
   * Makes `record.token` the current token if the store's generation is below `record.generation`. The store
   * decides, so one of two publishers wins and an older token never replaces a newer one.
   */
  abstract publish(record: TokenRecord): Promise<Publication>;

  /**
   * Writes the status record of a credential, independent of its token. Does nothing where the credential was
   * removed at a generation above `generation`: the writer has not heard of that removal.
   * @param generation the highest that the writer knows of this credential
   */
  abstract writeStatus(status: CredentialStatusRecord, generation: number): Promise<void>;

  /**
   * Removes a credential if the store's generation is below `generation`. The generation stays behind as a
   * fence against late publications.
   */
  abstract remove(name: CredentialName, generation: number): Promise<Publication>;

  /**
   * Sets a mark of a credential. True for the first process that sets it, false for all later calls, for at
   * least two months. For messages that only one process should send.
   * @param mark letters, digits and `-`
   */
  abstract markOnce(name: CredentialName, mark: string): Promise<boolean>;

  /**
   * Acquires the lease on a credential; null where another process holds it. The lease expires after
   * `holdFor`, so a holder that dies blocks others no longer than that. A process paused beyond it may act on
   * a lease that it lost: the generation of its publication then stops it.
   */
  abstract acquireLease(name: CredentialName, holdFor: Millis): Promise<Lease | null>;

  /**
   * Takes one exchange out of the budget of all processes if both the caller's share and the credential's
   * allow it. The store decides, so concurrent requests are never granted more. Each cause has a budget of
   * its own.
   */
  abstract spendExchange(
    name: CredentialName,
    cause: ExchangeCause,
    caller: string,
    limits: ExchangeLimits,
  ): Promise<Spending>;

  /** Reads the earlier tokens of a credential that have not expired, newest first, at most sixteen. */
  abstract readEarlier(name: CredentialName): Promise<readonly TokenRecord[]>;

  /** The generations of the earlier tokens that the store holds. Costs as much as the number of names. */
  abstract earlierGenerations(
    names: readonly CredentialName[],
  ): Promise<ReadonlyMap<CredentialName, readonly number[]>>;

  /** Puts back earlier tokens of a credential that the store has lost, up to the number that it keeps. */
  abstract restoreEarlier(name: CredentialName, records: readonly TokenRecord[]): Promise<void>;

  /** Records for at least a week that IMS invalidated a token. */
  abstract noteRevoked(name: CredentialName, tokenSha256: string): Promise<void>;

  abstract isRevoked(name: CredentialName, tokenSha256: string): Promise<boolean>;

  /**
   * Calls `hint` when another process has written a generation of a credential. Hints get lost; `list` is
   * complete.
   * @returns a function that stops the watching
   */
  abstract watch(hint: (name: CredentialName, generation: number) => void): () => void;

  /** Closes connections. The store cannot be used afterwards. */
  abstract close(): Promise<void>;
}
