import type { RefreshResult } from '../model/refresh-result.ts';
import type { TokenReference } from '../model/token-reference.ts';
import type { Millis, Seconds } from '../model/units.ts';

/** What a serving process asks of a process that holds credentials. */
export type RefresherRequest =
  /** Poll the credential source now, and retry every credential that waits after a failure. */
  | { readonly type: 'look-now' }
  /** An Adobe API rejected the token: replace it if it is still the current one. */
  | ({ readonly type: 'report-token' } & TokenReference)
  /** The token leaked: publish a replacement, then invalidate the token at IMS. */
  | ({ readonly type: 'revoke-token' } & TokenReference);

/** How a revocation ended. */
export type RevocationOutcome =
  /** IMS invalidated the token, now or at an earlier request. */
  | 'revoked'
  /** No token of this credential that the service still knows. */
  | 'unknown_token'
  | Extract<
      RefreshResult['outcome'],
      'refreshing' | 'failed' | 'budget_exhausted' | 'not_renewable' | 'credential_not_found'
    >;

/** The answer to a RefresherRequest. */
export type RefresherResponse =
  | { readonly type: 'done' }
  | ({ readonly type: 'report-answered' } & RefreshResult)
  | {
      readonly type: 'revocation-answered';
      readonly outcome: RevocationOutcome;
      /** When asking again may help; null where it does not. */
      readonly retryAfter: Seconds | null;
      /** SHA-256 of the token to use now; null where there is none. */
      readonly currentSha256: string | null;
    };

/** Handles requests in a process that holds credentials. */
export type RefresherHandler = (request: RefresherRequest) => Promise<RefresherResponse>;

/** The connection from processes that serve callers to processes that hold credentials. */
export abstract class RefresherClient {
  /** Sends a request. Resolves to null where no process answers within `timeout`; never rejects. */
  abstract send(request: RefresherRequest, timeout: Millis): Promise<RefresherResponse | null>;

  /** Handles requests in this process from now on. One of all handling processes answers each request. */
  abstract handleWith(handler: RefresherHandler): void;

  /** Closes connections. Nothing is sent or handled afterwards. */
  abstract close(): Promise<void>;
}
