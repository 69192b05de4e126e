import type { AccessToken } from '../model/access-token.ts';
import type { CachedToken } from '../model/cached-token.ts';
import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import { failureNow } from '../model/credential-status-record.ts';
import type { TokenEventListener } from '../model/events.ts';
import { successOf, type HistoryType } from '../model/history.ts';
import { result, type RefreshResult } from '../model/refresh-result.ts';
import type { TokenRecord } from '../model/token-record.ts';
import { millis, type Millis } from '../model/units.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import { asExchangeFailure } from './exchange-errors.ts';
import type { ExchangeCeiling } from './exchange-ceiling.ts';
import type { ExchangeLease } from './exchange-lease.ts';
import { exchangeDeadline, leaseTime } from './exchange-times.ts';
import type { RefreshOutcome } from './in-flight-refreshes.ts';
import type { RefreshPlan } from './refresh-plan.ts';
import type { Minted, TokenMint } from './token-mint.ts';

/** How many rejected tokens a record names. Callers may reject twelve an hour. */
const MAX_REJECTED = 16;

interface TokenRenewalParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly mint: TokenMint;
  readonly exchangeLease: ExchangeLease;
  readonly ceiling: ExchangeCeiling;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/** Whether a renewal goes on once it has the lease. */
export type Permit =
  | 'granted'
  /** There is nothing left to do. */
  | 'unwanted'
  /** The caller that asks may not cause an exchange, with the answer to it. */
  | RefreshResult;

interface AttemptTimes {
  /** Of each exchange. */
  readonly deadline: Millis;
  /** When the lease ends, on the monotonic clock. */
  readonly endsBy: Millis;
}

interface PublicationContext {
  /** The version of the cached token; null where there is none. */
  readonly cachedVersion: string | null;
  /** Whether the cached token was rejected. */
  readonly isRejected: boolean;
  readonly took: () => Millis;
}

/** Why a new token is wanted, and what it may cost. */
export interface RenewalOrder {
  /**
   * Asked once the lease is acquired, with the newest token of all processes and the newest known document.
   */
  readonly permit: (credential: SourcedCredential) => Promise<Permit>;
  /** Whether the cached token is useless, however long it lives. */
  readonly isRejected: boolean;
  /** Whether this process may exchange while the store is down; by default its standalone budget decides. */
  readonly mayGoAlone?: () => boolean;
  /** Asked before every exchange after the first, where IMS refused a version of the document. */
  readonly mayTryAnother?: () => Promise<boolean>;
}

/** One attempt at a new token, from the lease to the publication of token and status. Never rejects. */
export class TokenRenewal {
  readonly #parts: TokenRenewalParts;

  constructor(parts: TokenRenewalParts) {
    this.#parts = parts;
  }

  async renew({ name }: SourcedCredential, order: RenewalOrder): Promise<RefreshOutcome> {
    const { tokens, exchangeLease, catalog, plan, clock, ceiling } = this.#parts;
    const life = tokens.get(name)?.cached?.token.life ?? null;
    const deadline = exchangeDeadline(life);
    const holdFor = leaseTime(deadline, life);
    // The lease begins when the store grants it, which is later.
    const endsBy = millis(clock.monotonic() + holdFor);
    await using lease = await exchangeLease.acquire(name, {
      holdFor,
      life,
      mayGoAlone: order.mayGoAlone,
    });
    if (lease === null) return { kind: 'left-to-another' };
    // Another process may have renewed the token meanwhile, and the document may have changed or been
    // removed.
    const current = catalog.get(name);
    if (current === undefined || plan.isRemoved(name)) return { kind: 'unwanted' };
    const permit = await order.permit(current);
    if (permit === 'unwanted') return { kind: 'unwanted' };
    if (permit !== 'granted') return { kind: 'refused', result: permit };
    if (await this.#takeUp(current)) return { kind: 'renewed' };
    const untilFree = ceiling.untilFree(name, life);
    if (untilFree > 0) {
      exchangeLease.pause(name);
      return { kind: 'refused', result: result('budget_exhausted', untilFree) };
    }
    const onMinted = (): void => {
      ceiling.charge(name);
      lease.markMinted();
    };
    return await this.#attempt(current, order, { deadline, endsBy }, onMinted);
  }

  /** Puts the token of before the removal into service again. Returns whether there is a good one. */
  async #takeUp(credential: SourcedCredential): Promise<boolean> {
    const { tokens, plan, sync } = this.#parts;
    const { name, version } = credential;
    const cached = tokens.quarantined(name);
    if (cached?.record.version !== version || plan.isDueForRenewal(cached)) return false;
    if (await sync.isRevoked(name, cached.token.sha256)) return false;
    if (!this.#isListed(credential)) return false;
    await sync.publish({ ...cached.record, generation: sync.nextGeneration(name) });
    this.#acceptVersion(credential, credential);
    await sync.publishStatus(plan.statusRecord(credential, null, successOf(version, version)));
    return true;
  }

  async #attempt(
    credential: SourcedCredential,
    order: RenewalOrder,
    times: AttemptTimes,
    onMinted: () => void,
  ): Promise<RefreshOutcome> {
    const { clock } = this.#parts;
    const start = clock.monotonic();
    const took = (): Millis => millis(clock.monotonic() - start);
    try {
      await this.#mintAndPublish(credential, order, times, took, onMinted);
      return { kind: 'renewed' };
    } catch (error) {
      await this.#recordFailure(credential, error, took(), 'failed');
      return { kind: 'failed' };
    }
  }

  async #mintAndPublish(
    credential: SourcedCredential,
    { isRejected, mayTryAnother }: RenewalOrder,
    { deadline, endsBy }: AttemptTimes,
    took: () => Millis,
    onMinted: () => void,
  ): Promise<void> {
    const { plan, tokens, mint, catalog } = this.#parts;
    const { name } = credential;
    const isNeeded = isRejected || plan.isNeeded(name);
    const cachedVersion = tokens.get(name)?.cached?.record.version ?? null;
    const minted = await mint.mint(credential, deadline, {
      endsBy,
      mayFallBack: isNeeded,
      lastGood: catalog.lastGood(credential),
      cachedVersion: isNeeded ? null : cachedVersion,
      // Another process may have minted the rejected token with a version that this one has not read yet.
      mayBeOutdated: isRejected && cachedVersion !== credential.version,
      mayTryAnother,
    });
    if (minted.token !== null) onMinted();
    // Removed during the exchange: the new token must not bring the credential back.
    if (!this.#isListed(credential)) return;
    if (minted.token === null) this.#acceptVersion(credential, minted.by);
    else await this.#publish(credential, minted, { cachedVersion, isRejected, took });
  }

  async #publish(
    credential: SourcedCredential,
    { token, clockSkew, by, insteadOf }: Minted,
    { cachedVersion, isRejected, took }: PublicationContext,
  ): Promise<void> {
    const { plan, tokens, sync, listener } = this.#parts;
    const { name } = credential;
    const { version } = by;
    const rejected = rejectedBy(token, tokens.get(name)?.cached ?? null, isRejected);
    listener({ type: 'token.minted', name, token, version, took: took(), clockSkew });
    await sync.publish({ name, generation: sync.nextGeneration(name), token, version, ...rejected });
    if (insteadOf !== null) {
      const isStored = version === credential.otherVersions.previous;
      listener({ type: 'credential.fell-back', name, version, isStored, insteadOf });
      await this.#recordFailure(credential, insteadOf, took(), 'fell-back');
      return;
    }
    this.#acceptVersion(credential, by);
    if (!this.#isCurrent(by)) return;
    await sync.publishStatus(plan.statusRecord(by, null, successOf(version, cachedVersion)));
  }

  /** This version has its token: the back-off ends, and no earlier version is tried again. */
  #acceptVersion(from: SourcedCredential, to: SourcedCredential): void {
    const { plan, catalog } = this.#parts;
    plan.succeeded(from.name);
    plan.markMinted(to);
    if (to.version !== from.version && this.#isCurrent(from)) catalog.put(to);
  }

  async #recordFailure(
    credential: SourcedCredential,
    error: unknown,
    took: Millis,
    type: HistoryType,
  ): Promise<void> {
    const { plan, sync, clock, listener } = this.#parts;
    if (!this.#isListed(credential)) return;
    const { name } = credential;
    const failure = asExchangeFailure(error);
    const { nextAttemptAt, failuresInARow } = plan.failed(credential, failure);
    listener({ type: 'exchange.failed', name, failure, took, nextAttemptAt, failuresInARow });
    if (!this.#isCurrent(credential)) return;
    await sync.publishStatus(plan.statusRecord(credential, failureNow(clock, failure), type));
  }

  #isListed({ name }: SourcedCredential): boolean {
    return this.#parts.catalog.get(name) !== undefined;
  }

  /**
   * Whether the document still has this version: the status of another version must not hide that of this
   * one.
   */
  #isCurrent({ name, version }: SourcedCredential): boolean {
    return this.#parts.catalog.get(name)?.version === version;
  }
}

/**
 * The rejected tokens that a new token replaces: those of the cached one, and the cached one if it is
 * rejected.
 */
function rejectedBy(
  token: AccessToken,
  cached: CachedToken | null,
  isRejected: boolean,
): Pick<TokenRecord, 'rejected'> {
  const earlier = cached?.record.rejected ?? [];
  const all = cached !== null && isRejected ? [...earlier, cached.token.sha256] : earlier;
  // IMS may issue the rejected token again.
  const others = all.filter((sha256) => sha256 !== token.sha256);
  return others.length === 0 ? {} : { rejected: others.slice(-MAX_REJECTED) };
}
