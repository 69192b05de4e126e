import type { BackOff } from './back-off.ts';
import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { CredentialStatusRecord, Failure } from '../model/credential-status-record.ts';
import type { CurrentTokens, CredentialEntry } from '../serving/current-tokens.ts';
import type { ExchangeFailure } from '../model/exchange-failure.ts';
import { FailedAttempts, type FailedAttempt } from './failed-attempts.ts';
import { remembering, type HistoryType } from '../model/history.ts';
import { localTokenExpiry } from './local-token-expiry.ts';
import type { RefreshPolicy } from '../model/refresh-policy.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { TokenVendor } from '../serving/token-vendor.ts';
import { instant, type Instant, type Millis } from '../model/units.ts';

/** While the store holds a newer token than this process can open, it renews its own only in this last part of its life. */
const LAST_RESORT = 0.2;

interface RefreshPlanParts {
  readonly catalog: CredentialCatalog;
  readonly tokens: CurrentTokens;
  readonly vendor: TokenVendor;
  readonly sync: StoreSync;
  readonly clock: Clock;
  readonly policy: RefreshPolicy;
  readonly backOff: BackOff;
}

/** Which credentials need a new token now, and how long each must wait after a failure. Nothing here waits or asks anybody. */
export class RefreshPlan {
  readonly #parts: RefreshPlanParts;
  readonly #attempts: FailedAttempts;
  /** The version of each credential's document that has had its token. */
  readonly #mintedVersions = new Map<CredentialName, string>();

  constructor(parts: RefreshPlanParts) {
    this.#parts = parts;
    this.#attempts = new FailedAttempts(parts.clock, parts.backOff);
  }

  /** The credentials whose time has come. */
  due(): SourcedCredential[] {
    return [...this.#parts.catalog.all()].filter((credential) => this.isDue(credential));
  }

  /** Notes a failure and says when the next attempt may be made. */
  failed(credential: SourcedCredential, failure: ExchangeFailure): FailedAttempt {
    const entry = this.#parts.tokens.get(credential.name);
    const life = entry?.cached?.token.life ?? null;
    return this.#attempts.add(credential, failure, life, entry?.status ?? null);
  }

  /** Notes a success: the next failure starts from the shortest delay again. */
  succeeded(name: CredentialName): void {
    this.#attempts.forget(name);
  }

  /** How long after a failure nobody may try this credential; 0 where it may be tried now. */
  waitFor(credential: SourcedCredential): Millis {
    return this.#attempts.waitFor(credential, this.#parts.tokens.get(credential.name)?.status ?? null);
  }

  /** Whether the last attempt with this version failed. */
  isRetry(credential: SourcedCredential): boolean {
    return this.#attempts.last(credential) !== undefined;
  }

  /** Whether callers get a token of this credential now. */
  isServed(name: CredentialName): boolean {
    const { tokens, vendor } = this.#parts;
    const entry = tokens.get(name);
    return entry !== undefined && vendor.isServable(entry);
  }

  /**
   * Notes that this version of the document needs no token of its own any more. Should one of another version come
   * from the store later, then from a process that looked at the source before or after this one did: its business.
   * Without this, two processes that see two versions would renew against each other for as long as they do.
   */
  markMinted({ name, version }: SourcedCredential): void {
    this.#mintedVersions.set(name, version);
  }

  /** Lets every waiting credential be tried now: somebody says that something was mended. */
  resetBackOff(): void {
    this.#attempts.clear();
  }

  forget(name: CredentialName): void {
    this.#attempts.forget(name);
    this.#mintedVersions.delete(name);
  }

  /**
   * What others should know of a credential. A failure of its document, or of the last exchange, is `failure`.
   * @param happened what the history is to remember; null where nothing did
   */
  statusRecord(
    credential: SourcedCredential,
    failure: Failure | null,
    happened: HistoryType | null,
  ): CredentialStatusRecord {
    const { name, content, otherVersions } = credential;
    const { clock, tokens } = this.#parts;
    const entry = tokens.get(name);
    const earlier = entry?.status ?? null;
    const version = entry?.cached?.record.version ?? credential.version;
    const isOnPrevious = failure !== null && version === otherVersions.previous;
    const attempt = this.#attempts.last(credential);
    const history = earlier?.history ?? [];
    const now = clock.now();
    return {
      name,
      // Above the earlier one even if the clock was set back since.
      at: instant(Math.max(now, (earlier?.at ?? 0) + 1)),
      kind: content.kind === 'problem' ? content.documentKind : content.kind,
      version,
      stage: isOnPrevious ? 'AWSPREVIOUS' : credential.stage,
      certificateExpiresAt:
        certificateEnd(content) ??
        (content.kind === 'problem' ? (earlier?.certificateExpiresAt ?? null) : null),
      failing: failure !== null,
      lastFailure: failure ?? earlier?.lastFailure ?? null,
      nextAttemptAt: attempt?.nextAttemptAt ?? null,
      attempt: attempt ? { version: attempt.version, failuresInARow: attempt.failuresInARow } : null,
      pending: earlier?.pending?.version === otherVersions.pending ? (earlier?.pending ?? null) : null,
      history:
        happened === null
          ? history
          : remembering(history, { type: happened, code: failure?.code ?? null, at: now }),
      causedAt: earlier?.causedAt ?? [],
    };
  }

  /** Whether callers have no good token, or one whose renewal is due: whatever version can mint one should. */
  isNeeded(name: CredentialName): boolean {
    const { tokens, policy, clock } = this.#parts;
    const cached = tokens.get(name)?.cached;
    return !cached || policy.untilDue(cached.token, cached.remaining(clock)) <= 0;
  }

  /** Whether this credential's time has come. */
  isDue(credential: SourcedCredential): boolean {
    const { tokens, sync, clock } = this.#parts;
    const { name, version, content, otherVersions } = credential;
    if (content.kind === 'problem' && (otherVersions.previous === null || !this.isNeeded(name))) return false;
    const entry = tokens.get(name);
    const cached = entry?.cached;
    if (cached) {
      if (cached.record.version === version) this.markMinted(credential);
      const isNewVersion = this.#mintedVersions.get(name) !== version;
      if (!isNewVersion && !this.#isOver(entry, content)) return false;
      const mayWait = cached.remaining(clock) > cached.token.life * LAST_RESORT;
      if (sync.isAhead(name) && mayWait) return false;
    }
    return !this.#attempts.mustWait(credential, entry?.status ?? null);
  }

  /** Whether there is something to be done about a token's age: renewing it or, of a local one, telling people. */
  #isOver({ name, status }: CredentialEntry, content: SourcedCredential['content']): boolean {
    if (content.kind !== 'local') return this.isNeeded(name);
    const told = status?.failing === true ? status.lastFailure?.code : undefined;
    return localTokenExpiry(content.token, this.#parts.clock)?.code !== told;
  }
}

const certificateEnd = (content: SourcedCredential['content']): Instant | null =>
  content.kind === 'jwt' ? content.certificate.notAfter : null;
