import type { Clock } from './clock.ts';
import type { CredentialKind } from './credential.ts';
import type { CredentialName } from './credential-name.ts';
import type { HistoryEntry } from './history.ts';
import type { Instant } from './units.ts';

/** The last thing that went wrong with a credential. */
export interface Failure {
  readonly at: Instant;
  readonly code: string;
  /** What went wrong and what to do, free of secrets. */
  readonly diagnosis: string;
}

/** How a version that is not in use yet fared at IMS. */
export interface PendingTrial {
  readonly version: string;
  readonly at: Instant;
  /** Null where it yielded a token: it may be promoted. */
  readonly failure: Failure | null;
}

/** What the write side knows of a credential, for those who only see the store. Never holds a secret. */
export interface CredentialStatusRecord {
  readonly name: CredentialName;
  /** When this was written: the later report replaces the earlier. */
  readonly at: Instant;
  readonly kind: CredentialKind | null;
  /** The version that minted the token in service; before the first token, the version at hand. */
  readonly version: string | null;
  readonly stage: string | null;
  readonly certificateExpiresAt: Instant | null;
  /** Whether the last attempt failed, or there is nothing usable to attempt with. */
  readonly failing: boolean;
  /** Kept after a success, so that people can see what happened. */
  readonly lastFailure: Failure | null;
  /** When the next exchange may be tried, where one failed. */
  readonly nextAttemptAt: Instant | null;
  /** The failed attempt that `nextAttemptAt` follows, so that all processes wait for it together. */
  readonly attempt: { readonly version: string; readonly failuresInARow: number } | null;
  /** Null where no version is waiting to be promoted, or it was not tried yet. */
  readonly pending: PendingTrial | null;
  /** What happened lately, newest last. */
  readonly history: readonly HistoryEntry[];
  /** When callers' reports caused exchanges, as far as they count against the budget of all callers. */
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

/** When callers last caused an exchange. Of two lists of such times the one that ends later holds the other, or what is left of it. */
export const lastCaused = ({ causedAt }: CredentialStatusRecord): number => causedAt.at(-1) ?? 0;
