import type { CredentialName } from '../model/credential-name.ts';
import type { Millis, Seconds } from '../model/units.ts';

/** A caller's word on one token, named by its SHA-256 (lower-case hex). */
export interface TokenReference {
  readonly name: CredentialName;
  readonly tokenSha256: string;
  /** Whose word it is: budgets are counted per caller. */
  readonly caller: string;
}

/** What those that answer callers may ask of those that hold credentials. */
export type RefresherRequest =
  /** Look at the source now, and try what waits. */
  | { readonly type: 'look-now' }
  /** The token was rejected where it was used: replace it, if it is still the current one. */
  | ({ readonly type: 'report-token' } & TokenReference)
  /** The token leaked: put another one in its place, then have IMS invalidate it. */
  | ({ readonly type: 'revoke-token' } & TokenReference);

/** What became of a report or a revocation. */
export type ReportOutcome =
  /** A newer token than the reported one is published. */
  | 'replaced'
  /** The reported token was not the current one: there is nothing to do but to use the current one. */
  | 'superseded'
  /** Somebody is at it, or the exchange takes longer than anybody should wait. */
  | 'refreshing'
  /** The exchange failed; status says why. */
  | 'failed'
  /** Callers have caused as many exchanges as they may for now. */
  | 'budget_exhausted'
  /** A local development token: only a person can fetch another one. */
  | 'not_renewable'
  | 'credential_not_found';

export type RevocationOutcome =
  /** IMS invalidated it, now or when it was first asked to. */
  | 'revoked'
  /** No token of this credential that this service still knows. */
  | 'unknown_token'
  | Extract<
      ReportOutcome,
      'refreshing' | 'failed' | 'budget_exhausted' | 'not_renewable' | 'credential_not_found'
    >;

export type RefresherResponse =
  | { readonly type: 'done' }
  | {
      readonly type: 'report-answered';
      readonly outcome: ReportOutcome;
      /** When to ask again, where that is of use; null otherwise. */
      readonly retryAfter: Seconds | null;
    }
  | {
      readonly type: 'revocation-answered';
      readonly outcome: RevocationOutcome;
      readonly retryAfter: Seconds | null;
      /** SHA-256 of the token to use now; null where there is none. */
      readonly currentSha256: string | null;
    };

/** The line from processes that answer callers to those that hold credentials. */
export abstract class RefresherClient {
  /** Asks, and waits `patience` at most. Null where nobody answered in that time, for whatever reason; never rejects. */
  abstract send(request: RefresherRequest, patience: Millis): Promise<RefresherResponse | null>;

  /** From now on this process answers. Of all that do, one answers each question. */
  abstract handleWith(answer: (request: RefresherRequest) => Promise<RefresherResponse>): void;

  /** Lets go of connections; nothing is asked or answered afterwards. */
  abstract close(): Promise<void>;
}
