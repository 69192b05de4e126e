import type { Clock } from './clock.ts';
import type { CredentialKind } from './credential.ts';
import type { CredentialName } from './credential-name.ts';
import type { Instant } from './units.ts';

/** The last thing that went wrong with a credential. */
export interface Failure {
  readonly at: Instant;
  readonly code: string;
  /** What went wrong and what to do, free of secrets. */
  readonly diagnosis: string;
}

/** What the write side knows of a credential, for those who only see the store. Never holds a secret. */
export interface CredentialReport {
  readonly name: CredentialName;
  /** When this was written: the later report replaces the earlier. */
  readonly at: Instant;
  readonly kind: CredentialKind | null;
  readonly version: string | null;
  readonly stage: string | null;
  readonly certificateExpiresAt: Instant | null;
  /** Whether the last attempt failed, or there is nothing usable to attempt with. */
  readonly failing: boolean;
  /** Kept after a success, so that people can see what happened. */
  readonly lastFailure: Failure | null;
  /** When the next exchange may be tried, where one failed. */
  readonly nextAttemptAt: Instant | null;
}

export const failureNow = (
  clock: Clock,
  { code, diagnosis }: Pick<Failure, 'code' | 'diagnosis'>,
): Failure => ({
  at: clock.now(),
  code,
  diagnosis,
});
