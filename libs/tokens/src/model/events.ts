import type { AccessToken } from './access-token.ts';
import type { CredentialName } from './credential-name.ts';
import type { CredentialStatusRecord, PendingTrial } from './credential-status-record.ts';
import type { ExchangeFailure } from './exchange-failure.ts';
import type { ExchangeCause } from './exchange-limits.ts';
import type { Instant, Millis } from './units.ts';

/** An event in the life of a token or credential. Logs and metrics are made from these. Holds no secret. */
export type TokenEvent =
  | {
      readonly type: 'token.minted';
      readonly name: CredentialName;
      readonly token: AccessToken;
      readonly version: string;
      readonly took: Millis;
      readonly clockSkew: Millis | null;
    }
  | {
      readonly type: 'exchange.failed';
      readonly name: CredentialName;
      readonly failure: ExchangeFailure;
      readonly took: Millis;
      readonly nextAttemptAt: Instant;
      readonly failuresInARow: number;
    }
  /** A caller's report or revocation is about to cause an exchange. */
  | {
      readonly type: 'token.rejected';
      readonly name: CredentialName;
      readonly tokenSha256: string;
      readonly caller: string;
      readonly cause: ExchangeCause;
    }
  /** The service asked IMS to invalidate a token; `failure` is null where IMS did. */
  | {
      readonly type: 'token.invalidated';
      readonly name: CredentialName;
      readonly tokenSha256: string;
      readonly caller: string;
      readonly failure: ExchangeFailure | null;
    }
  /** IMS refuses a token that a process found in the store at its start, so it is replaced. */
  | {
      readonly type: 'token.found-revoked';
      readonly name: CredentialName;
      readonly tokenSha256: string;
    }
  | { readonly type: 'credential.found'; readonly status: CredentialStatusRecord }
  | { readonly type: 'credential.changed'; readonly status: CredentialStatusRecord }
  /** IMS refuses the current version of the document, or it is unusable: an earlier version mints. */
  | {
      readonly type: 'credential.fell-back';
      readonly name: CredentialName;
      readonly version: string;
      /** Whether the source still has the earlier version: otherwise only this process knows it. */
      readonly isStored: boolean;
      readonly insteadOf: ExchangeFailure;
    }
  /** A pending version was tried at IMS, or is unusable. */
  | { readonly type: 'credential.tried'; readonly name: CredentialName; readonly trial: PendingTrial }
  | {
      readonly type: 'certificate.expiring';
      readonly name: CredentialName;
      readonly notAfter: Instant;
      readonly daysLeft: number;
    }
  | { readonly type: 'credential.removed'; readonly name: CredentialName }
  | { readonly type: 'source.up' }
  | { readonly type: 'source.down'; readonly reason: string }
  | { readonly type: 'store.up' }
  | { readonly type: 'store.down'; readonly reason: string }
  /** Other processes handed over tokens or removals while the store did not carry them. */
  | { readonly type: 'peers.adopted'; readonly count: number }
  | { readonly type: 'cache.up' }
  /** The cache on the local disk cannot be written. */
  | { readonly type: 'cache.down'; readonly reason: string }
  /** The store does not answer at the start: tokens of the cache are in service. */
  | { readonly type: 'cache.restored'; readonly count: number; readonly isComplete: boolean }
  | {
      readonly type: 'store.token-refused';
      readonly name: CredentialName;
      readonly reason: 'tampered' | 'unknown-key';
    }
  /** The store ignored records that no process with the sealing keys wrote. */
  | { readonly type: 'store.records-ignored'; readonly kind: string; readonly count: number };

/** Called with every event, synchronously and in order. Must not throw and must not wait. */
export type TokenEventListener = (event: TokenEvent) => void;
