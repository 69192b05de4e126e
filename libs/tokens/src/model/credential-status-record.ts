import type { Clock } from './clock.ts';
import type { CredentialKind } from './credential.ts';
import type { CredentialName } from './credential-name.ts';
import type { HistoryEntry } from './history.ts';
import type { Instant } from './units.ts';

/** The last failure of a credential. */
export interface Failure {
  readonly at: Instant;
  readonly code: string;
  /** The cause and the remedy, free of secrets. */
  readonly diagnosis: string;
}

/** The result of trying a pending version at IMS. */
export interface PendingTrial {
  readonly version: string;
  readonly at: Instant;
  /** Null where the version yielded a token and may be promoted. */
  readonly failure: Failure | null;
}

/** What the refreshing side knows of a credential, for processes that only see the store. Holds no secret. */
export interface CredentialStatusRecord {
  readonly name: CredentialName;
  /** When the record was written: a later record replaces an earlier one. */
  readonly at: Instant;
  readonly kind: CredentialKind | null;
  /** The version that minted the token in service; before the first token, the stored version. */
  readonly version: string | null;
  readonly stage: string | null;
  readonly certificateExpiresAt: Instant | null;
  /** Whether the last attempt failed, or the document is unusable. */
  readonly failing: boolean;
  /** Kept after a success, so that operators can see it. */
  readonly lastFailure: Failure | null;
  /** When the next exchange may be tried after a failure. */
  readonly nextAttemptAt: Instant | null;
  /** The failed attempt that `nextAttemptAt` follows, so that all processes wait for it together. */
  readonly attempt: { readonly version: string; readonly failuresInARow: number } | null;
  /** Null where no version is pending, or it was not tried yet. */
  readonly pending: PendingTrial | null;
  /** The last events, newest last. */
  readonly history: readonly HistoryEntry[];
  /**
   * The versions that have had their token, newest last. Where the sources of two processes differ, a process
   * that starts does not mint with one of these again before the token is due.
   */
  readonly mintedVersions: readonly string[];
  /** When callers' reports caused exchanges, as far as these count against the budget. */
  readonly causedAt: readonly Instant[];
}

export const failureNow = (
  clock: Clock,
  { code, diagnosis }: Pick<Failure, 'code' | 'diagnosis'>,
): Failure => ({
  at: clock.now(),
  code,
  diagnosis,
});

/** When callers last caused an exchange. Of two such lists the one that ends later contains the other. */
export const lastCaused = ({ causedAt }: CredentialStatusRecord): number => causedAt.at(-1) ?? 0;
