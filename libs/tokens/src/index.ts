export { AccessToken } from './model/access-token.ts';
export { createRefresherHandler } from './on-demand/refresher-handler.ts';
export { BackOff } from './refreshing/back-off.ts';
export { CallerExchangeBudget } from './on-demand/caller-exchange-budget.ts';
export { CertificateWatch } from './refreshing/certificate-watch.ts';
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
export { CredentialCatalog } from './refreshing/credential-catalog.ts';
export { isName, NAME_RULE, toCredentialName, type CredentialName } from './model/credential-name.ts';
export type { CredentialStatusRecord, Failure } from './model/credential-status-record.ts';
export { CredentialSource, SourceUnavailable } from './ports/credential-source.ts';
export { stateOf, type CredentialState } from './serving/credential-state.ts';
export { CurrentTokens, type CredentialEntry } from './serving/current-tokens.ts';
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
export { InFlightRefreshes } from './refreshing/in-flight-refreshes.ts';
export type { CachedToken } from './model/cached-token.ts';
export { StandaloneBudget } from './refreshing/standalone-budget.ts';
export { HISTORY_TYPES, MAX_HISTORY_ENTRIES, type HistoryEntry, type HistoryType } from './model/history.ts';
export { ImsClient, type Exchange } from './ports/ims-client.ts';
export type { Lease } from './ports/lease.ts';
export { LocalRefresher } from './on-demand/local-refresher.ts';
export { PendingTrials } from './refreshing/pending-trials.ts';
export {
  RefresherClient,
  type TokenReference,
  type RefresherResponse,
  type RefresherRequest,
  type ReportOutcome,
  type RevocationOutcome,
} from './ports/refresher-client.ts';
export { RefreshPlan } from './refreshing/refresh-plan.ts';
export { RefreshPolicy } from './model/refresh-policy.ts';
export { ExchangeLease } from './refreshing/exchange-lease.ts';
export { Secret } from './model/secret.ts';
export { ServePolicy } from './serving/serve-policy.ts';
export { SlidingBudget } from './on-demand/sliding-budget.ts';
export { StoreSync } from './replication/store-sync.ts';
export type { TokenRecord } from './model/token-record.ts';
export { TokenMint } from './refreshing/token-mint.ts';
export { TokenRefresher } from './refreshing/token-refresher.ts';
export { TokenRenewal } from './refreshing/token-renewal.ts';
export { TokenReplacement } from './on-demand/token-replacement.ts';
export { TokenRevocation } from './on-demand/token-revocation.ts';
export {
  StoreUnavailable,
  TokenStore,
  type Publication,
  type StoredToken,
  type StoreListing,
} from './ports/token-store.ts';
export { TokenVendor, type NoToken, type VendedToken } from './serving/token-vendor.ts';
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
export { withDeadlineOr } from './model/deadline.ts';
