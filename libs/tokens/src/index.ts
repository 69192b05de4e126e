export { createRefreshingSide, type RefreshingSide } from './create-refreshing-side.ts';
export { createServingSide, type ServingSide } from './create-serving-side.ts';

export { AccessToken } from './model/access-token.ts';
export type { CachedToken } from './model/cached-token.ts';
export { Clock, SystemClock } from './model/clock.ts';
export { CREDENTIAL_PROBLEM_CODES } from './model/credential.ts';
export type {
  Credential,
  CredentialKind,
  CredentialProblem,
  CredentialProblemCode,
  ExchangeableCredential,
  JwtCredential,
  LocalCredential,
  OAuthCredential,
  OtherVersions,
  SecretStage,
  SigningCertificate,
  SourcedCredential,
} from './model/credential.ts';
export { isName, NAME_RULE, toCredentialName, type CredentialName } from './model/credential-name.ts';
export type { CredentialStatusRecord, Failure } from './model/credential-status-record.ts';
export { withDeadline, withDeadlineOr } from './model/deadline.ts';
export { errorCode } from './model/error-code.ts';
export { exposureOf } from './model/file-exposure.ts';
export type { TokenEvent, TokenEventListener } from './model/events.ts';
export {
  EXCHANGE_FAILURE_CODES,
  ExchangeFailure,
  type ExchangeFailureCode,
} from './model/exchange-failure.ts';
export {
  exchangesLeft,
  type ExchangeCause,
  type ExchangeLimits,
  type Spending,
} from './model/exchange-limits.ts';
export { HISTORY_TYPES, MAX_HISTORY_ENTRIES, type HistoryEntry, type HistoryType } from './model/history.ts';
export { printable } from './model/printable.ts';
export type { ReportOutcome } from './model/refresh-result.ts';
export { RefreshPolicy } from './model/refresh-policy.ts';
export { Secret } from './model/secret.ts';
export { SingleFlight } from './model/single-flight.ts';
export { SlidingBudget } from './model/sliding-budget.ts';
export { untilFree } from './model/sliding-window.ts';
export { MAX_SKIPPED, type SkippedEntry, type SourceReport } from './model/source-report.ts';
export type { TokenRecord } from './model/token-record.ts';
export type { TokenReference } from './model/token-reference.ts';
export {
  between,
  instant,
  later,
  millis,
  seconds,
  toIso,
  toMillis,
  type Instant,
  type Millis,
  type Seconds,
} from './model/units.ts';

export { CredentialSource, SourceUnavailable, type SourceOmissions } from './ports/credential-source.ts';
export { MAX_KNOWN, MAX_NEWS, Peers, type PeerAnswer, type PeerRequest } from './ports/peers.ts';
export { ImsClient, type Exchange } from './ports/ims-client.ts';
export {
  RefresherClient,
  type RefresherRequest,
  type RefresherResponse,
  type RevocationOutcome,
} from './ports/refresher-client.ts';
export {
  CacheUnavailable,
  TokenCache,
  type CacheContents,
  type CacheManifest,
  type KeptToken,
} from './ports/token-cache.ts';
export {
  StoreUnavailable,
  TokenStore,
  type Lease,
  type Publication,
  type StoredToken,
  type StoreListing,
} from './ports/token-store.ts';

export { stateOf, type CredentialState } from './serving/credential-state.ts';
export { CurrentTokens, type CredentialEntry } from './serving/current-tokens.ts';
export { MAX_EARLIER_TOKENS } from './serving/earlier-tokens.ts';
export { ServePolicy } from './serving/serve-policy.ts';
export { TokenVendor, type NoToken, type VendedToken } from './serving/token-vendor.ts';

export { SourceReports } from './replication/source-reports.ts';
export { MissingTokens } from './replication/missing-tokens.ts';
export { PeerSync } from './replication/peer-sync.ts';
export { StoreSync } from './replication/store-sync.ts';

export { CertificateWatch } from './refreshing/certificate-watch.ts';
export { PendingTrials } from './refreshing/pending-trials.ts';
export { RefreshPlan } from './refreshing/refresh-plan.ts';
export { TokenRefresher } from './refreshing/token-refresher.ts';
export type { TokenRenewal } from './refreshing/token-renewal.ts';

export { LocalRefresher } from './on-demand/local-refresher.ts';
export { createRefresherHandler } from './on-demand/refresher-handler.ts';
