export { AccessToken } from './access-token.ts';
export { answerQuestions } from './answer-questions.ts';
export { BackOff } from './back-off.ts';
export { CallerBudget } from './caller-budget.ts';
export { CertificateWatch } from './certificate-watch.ts';
export { Clock, SystemClock } from './clock.ts';
export { CREDENTIAL_PROBLEM_CODES } from './credential.ts';
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
} from './credential.ts';
export { CredentialCatalog } from './credential-catalog.ts';
export { isName, NAME_RULE, toCredentialName, type CredentialName } from './credential-name.ts';
export type { CredentialReport, Failure } from './credential-report.ts';
export { CredentialSource, SourceUnavailable } from './credential-source.ts';
export { stateOf, type CredentialState } from './credential-state.ts';
export { CurrentTokens, type Holding } from './current-tokens.ts';
export type { TokenEvent, TokenEventListener } from './events.ts';
export { EXCHANGE_FAILURE_CODES, ExchangeFailure, type ExchangeFailureCode } from './exchange-failure.ts';
export { exchangesLeft, type ExchangeCause, type ExchangeLimits, type Spending } from './exchange-limits.ts';
export { Flights } from './flights.ts';
export type { HeldToken } from './held-token.ts';
export { ExchangeBudget } from './exchange-budget.ts';
export { HISTORY_TYPES, LONGEST_HISTORY, type HistoryEntry, type HistoryType } from './history.ts';
export { ImsClient, type Exchange } from './ims-client.ts';
export type { Lease } from './lease.ts';
export { OwnQuestions } from './own-questions.ts';
export { PendingTrials } from './pending-trials.ts';
export {
  Questions,
  type AboutToken,
  type Answer,
  type Question,
  type ReportOutcome,
  type RevocationOutcome,
} from './questions.ts';
export { RefreshPlan } from './refresh-plan.ts';
export { RefreshPolicy } from './refresh-policy.ts';
export { RefreshTurns } from './refresh-turns.ts';
export { Secret } from './secret.ts';
export { ServePolicy } from './serve-policy.ts';
export { SlidingBudget } from './sliding-budget.ts';
export { StoreMirror } from './store-mirror.ts';
export type { TokenRecord } from './token-record.ts';
export { TokenMint } from './token-mint.ts';
export { TokenRefresher } from './token-refresher.ts';
export { TokenRenewal } from './token-renewal.ts';
export { TokenReplacement } from './token-replacement.ts';
export { TokenRevocation } from './token-revocation.ts';
export {
  StoreUnavailable,
  TokenStore,
  type Publication,
  type StoredToken,
  type StoreListing,
} from './token-store.ts';
export { TokenVendor, type NoToken, type VendedToken } from './token-vendor.ts';
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
} from './units.ts';
export { withinOr } from './within.ts';
