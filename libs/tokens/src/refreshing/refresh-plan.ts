import type { CachedToken } from '../model/cached-token.ts';
import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { CredentialStatusRecord, Failure } from '../model/credential-status-record.ts';
import type { ExchangeFailure } from '../model/exchange-failure.ts';
import type { HistoryType } from '../model/history.ts';
import type { RefreshPolicy } from '../model/refresh-policy.ts';
import { millis, type Millis } from '../model/units.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { CredentialEntry, CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenVendor } from '../serving/token-vendor.ts';
import type { BackOff } from './back-off.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import { FailedAttempts, type FailedAttempt } from './failed-attempts.ts';
import { localTokenExpiry } from './local-token-expiry.ts';
import { composeStatusRecord } from './status-record.ts';

/**
 * While the store holds a newer token that this process cannot open, it renews only in this last part of a
 * lifetime.
 */
const LAST_RESORT = 0.2;

/** The time after which a due credential that no process has reported on counts as given up. */
const GIVEN_UP_AFTER = 15 * 60_000;

interface RefreshPlanParts {
  readonly catalog: CredentialCatalog;
  readonly tokens: CurrentTokens;
  readonly vendor: TokenVendor;
  readonly sync: StoreSync;
  readonly clock: Clock;
  readonly refreshPolicy: RefreshPolicy;
  readonly backOff: BackOff;
}

/** Decides which credentials need a new token now, and how long each waits after a failure. Does no I/O. */
export class RefreshPlan {
  readonly #parts: RefreshPlanParts;
  readonly #attempts: FailedAttempts;
  /** The version of each document for which a token was minted. */
  readonly #mintedVersions = new Map<CredentialName, string>();

  constructor(parts: RefreshPlanParts) {
    this.#parts = parts;
    this.#attempts = new FailedAttempts(parts.clock, parts.backOff);
  }

  /** The credentials that are due. */
  due(): SourcedCredential[] {
    return [...this.#parts.catalog.all()].filter((credential) => this.isDue(credential));
  }

  /** Records a failure. Returns when the next attempt may be made. */
  failed(credential: SourcedCredential, failure: ExchangeFailure): FailedAttempt {
    const { tokens, vendor } = this.#parts;
    const entry = tokens.get(credential.name);
    const life = entry?.cached?.token.life ?? null;
    const runway = entry === undefined ? millis(0) : vendor.runway(entry);
    return this.#attempts.add(credential, failure, { life, runway }, entry?.status ?? null);
  }

  /** Records a success: the next failure starts from the shortest delay. */
  succeeded(name: CredentialName): void {
    this.#attempts.forget(name);
  }

  /** How long no process may try this credential after a failure; 0 where it may be tried now. */
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
   * Records that this version of the document has had its token. A token of another version that comes from
   * the store later was minted by a process that read the source before or after this one, and is left alone.
   * Without this, two processes that see two versions would renew against each other.
   */
  markMinted(credential: SourcedCredential): void {
    this.#mintedVersions.set(credential.name, credential.version);
    this.#parts.catalog.noteGood(credential);
  }

  /** Whether another version can mint while the current one is unusable. */
  hasFallback(credential: SourcedCredential): boolean {
    return credential.otherVersions.previous !== null || this.#parts.catalog.lastGood(credential) !== null;
  }

  /** Lets every waiting credential be tried now, such as after an operator mended something. */
  resetBackOff(): void {
    this.#attempts.clear();
  }

  forget(name: CredentialName): void {
    this.#attempts.forget(name);
    this.#mintedVersions.delete(name);
  }

  /**
   * The status record of a credential for other processes.
   * @param failure of its document, or of the last exchange; null where there is none
   * @param happened the history entry to add; null where nothing happened
   * @param isReplaced whether the source has just replaced the version
   */
  statusRecord(
    credential: SourcedCredential,
    failure: Failure | null,
    happened: HistoryType | null,
    isReplaced = false,
  ): CredentialStatusRecord {
    return composeStatusRecord({
      credential,
      entry: this.#parts.tokens.get(credential.name) ?? null,
      attempt: this.#attempts.last(credential) ?? null,
      failure,
      happened,
      isReplaced,
      minted: this.#mintedVersions.get(credential.name) ?? null,
      now: this.#parts.clock.now(),
    });
  }

  /**
   * Whether callers have no good token, or one that is due: then any version that can mint a token should.
   */
  isNeeded(name: CredentialName): boolean {
    const cached = this.#parts.tokens.get(name)?.cached;
    return !cached || this.isDueForRenewal(cached);
  }

  /** Whether some process renews this credential, or has tried to of late. */
  isMaintained(name: CredentialName): boolean {
    const { tokens, clock } = this.#parts;
    const status = tokens.get(name)?.status;
    if (status?.kind === 'local') return this.isServed(name);
    const lastSign = Math.max(status?.at ?? 0, status?.nextAttemptAt ?? 0);
    return !this.isNeeded(name) || clock.now() - lastSign < GIVEN_UP_AFTER;
  }

  /** Whether this token has reached the age at which it is renewed. */
  isDueForRenewal(cached: CachedToken): boolean {
    const { refreshPolicy, clock } = this.#parts;
    return refreshPolicy.untilDue(cached.token, cached.remaining(clock)) <= 0;
  }

  /**
   * Whether another process removed this credential after the last complete listing here began. The listing
   * is then older than the removal: to mint from it would bring a removed credential back.
   */
  isRemoved(name: CredentialName): boolean {
    const { catalog, tokens } = this.#parts;
    const removedAt = tokens.removedAt(name);
    return removedAt !== null && !tokens.get(name)?.cached && removedAt > catalog.listedAt(name);
  }

  /** Whether this credential is due. */
  isDue(credential: SourcedCredential): boolean {
    const { tokens, sync, clock } = this.#parts;
    const { name, version, content } = credential;
    if (this.isRemoved(name)) return false;
    if (content.kind === 'problem' && (!this.isNeeded(name) || !this.hasFallback(credential))) return false;
    const entry = tokens.get(name);
    const cached = entry?.cached;
    if (cached) {
      if (cached.record.version === version) this.markMinted(credential);
      const isNewVersion = !this.#hasMinted(credential, entry.status) && this.#isListedAfter(cached);
      if (!isNewVersion && !this.#needsAttention(entry, content)) return false;
      const mayWait = cached.remaining(clock) > cached.token.life * LAST_RESORT;
      if (sync.isAhead(name) && mayWait) return false;
    }
    return !this.#attempts.mustWait(credential, entry?.status ?? null);
  }

  /** Whether this version has had its token. Before this process minted one, the shared status says so. */
  #hasMinted(credential: SourcedCredential, status: CredentialStatusRecord | null): boolean {
    const { name, version } = credential;
    if (!this.#mintedVersions.has(name) && status?.mintedVersions.includes(version))
      this.markMinted(credential);
    return this.#mintedVersions.get(name) === version;
  }

  /**
   * Whether the last complete listing began after this token was cached. A version from an older listing may
   * be the older one, so it is no reason for an exchange.
   */
  #isListedAfter({ cachedAt, record }: CachedToken): boolean {
    return this.#parts.catalog.listedAt(record.name) >= cachedAt;
  }

  /**
   * Whether the token is due for renewal or, for a local token, whether its expiry is not yet in the status.
   */
  #needsAttention({ name, status }: CredentialEntry, content: SourcedCredential['content']): boolean {
    if (content.kind !== 'local') return this.isNeeded(name);
    const stated = status?.failing === true ? status.lastFailure?.code : undefined;
    return localTokenExpiry(content.token, this.#parts.clock)?.code !== stated;
  }
}
