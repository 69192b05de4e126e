import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import { failureNow } from '../model/credential-status-record.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenEventListener } from '../model/events.ts';
import { asExchangeFailure } from './exchange-errors.ts';
import type { RefreshOutcome } from './in-flight-refreshes.ts';
import { successOf, type HistoryType } from '../model/history.ts';
import type { RefreshPlan } from './refresh-plan.ts';
import type { ExchangeLease } from './exchange-lease.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { TokenMint } from './token-mint.ts';
import { guardListener } from '../model/guard-listener.ts';
import { millis, type Millis } from '../model/units.ts';

/** How long one exchange may take; less for tokens whose life is counted in seconds. */
const MAX_EXCHANGE_TIME = 10_000;
const MIN_EXCHANGE_TIME = 1_000;
/** The current version, a newer one and the previous one, and what is asked between them: others keep off for that long. */
const EXCHANGES_PER_FLIGHT = 4;

interface TokenRenewalParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly mint: TokenMint;
  readonly exchangeLease: ExchangeLease;
  readonly clock: Clock;
  readonly listener: TokenEventListener;
}

/** What a new token is wanted for, and what it may cost. */
export interface RenewalOrder {
  /** Asked once it is this process's turn, with the newest token of all processes and the document at hand. */
  readonly isWanted: (credential: SourcedCredential) => boolean | Promise<boolean>;
  /** Whether the token that is held is of no use, however long it lives. */
  readonly isRejected: boolean;
  /** Whether this process may go on alone while the store is down; by default out of its own budget for that. */
  readonly mayGoAlone?: () => boolean;
  /** Asked before every exchange after the first, where IMS refused a version of the document. */
  readonly mayTryAnother?: () => Promise<boolean>;
}

/** One attempt at a new token, from the lease to the publication and to what status says of it. Never rejects. */
export class TokenRenewal {
  readonly #parts: TokenRenewalParts;

  constructor(parts: TokenRenewalParts) {
    this.#parts = { ...parts, listener: guardListener(parts.listener) };
  }

  async renew({ name }: SourcedCredential, order: RenewalOrder): Promise<RefreshOutcome> {
    const { tokens, exchangeLease, catalog } = this.#parts;
    const life = tokens.get(name)?.cached?.token.life ?? null;
    const deadline = exchangeDeadline(life);
    // A holder that dies must not cost callers the token: a renewal leaves about half of its life.
    const holdFor = millis(
      Math.min(deadline * EXCHANGES_PER_FLIGHT, Math.max(deadline, (life ?? Infinity) / 4)),
    );
    let end: RefreshOutcome = 'unwanted';
    const work = async (): Promise<void> => {
      // Another process may have renewed it meanwhile, and the document may have changed, or gone.
      const current = catalog.get(name);
      if (current && (await order.isWanted(current))) end = await this.#tryToRenew(current, order, deadline);
    };
    const isOurs = await exchangeLease.take(name, { holdFor, life, work, mayGoAlone: order.mayGoAlone });
    return isOurs ? end : 'left-to-another';
  }

  async #tryToRenew(
    credential: SourcedCredential,
    order: RenewalOrder,
    deadline: Millis,
  ): Promise<RefreshOutcome> {
    const { clock } = this.#parts;
    const start = clock.monotonic();
    const took = (): Millis => millis(clock.monotonic() - start);
    try {
      await this.#renew(credential, order, deadline, took);
      return 'renewed';
    } catch (error) {
      await this.#fail(credential, error, took(), 'failed');
      return 'failed';
    }
  }

  async #renew(
    credential: SourcedCredential,
    { isRejected, mayTryAnother }: RenewalOrder,
    deadline: Millis,
    took: () => Millis,
  ): Promise<void> {
    const { plan, tokens, sync, mint, listener } = this.#parts;
    const { name } = credential;
    const isNeeded = isRejected || plan.isNeeded(name);
    const cachedVersion = tokens.get(name)?.cached?.record.version ?? null;
    const atHand = isNeeded ? null : cachedVersion;
    const minted = await mint.mint(credential, deadline, {
      mayFallBack: isNeeded,
      atHand,
      // Another process may have minted the rejected token with a version that this one has not heard of yet.
      mayBeOutdated: isRejected && cachedVersion !== credential.version,
      mayTryAnother,
    });
    // Removed while the exchange was under way: the new token must not bring it back.
    if (!this.#isThere(credential)) return;
    if (minted.token === null) {
      this.#acceptVersion(credential, minted.by);
      return;
    }
    const { token, clockSkew, by, insteadOf } = minted;
    const { version } = by;
    listener({ type: 'token.minted', name, token, version, took: took(), clockSkew });
    await sync.publish({ name, generation: sync.nextGeneration(name), token, version });
    if (insteadOf !== null) {
      listener({ type: 'credential.fell-back', name, version, insteadOf });
      await this.#fail(credential, insteadOf, took(), 'fell-back');
      return;
    }
    this.#acceptVersion(credential, by);
    if (!this.#isCurrent(by)) return;
    await sync.publishStatus(plan.statusRecord(by, null, successOf(version, cachedVersion)));
  }

  /** The version at hand has its token: nobody has to wait any more, and none before it is tried again. */
  #acceptVersion(from: SourcedCredential, to: SourcedCredential): void {
    const { plan, catalog } = this.#parts;
    plan.succeeded(from.name);
    plan.markMinted(to);
    if (to.version !== from.version && this.#isCurrent(from)) catalog.put(to);
  }

  async #fail(
    credential: SourcedCredential,
    error: unknown,
    took: Millis,
    happened: HistoryType,
  ): Promise<void> {
    const { plan, sync, clock, listener } = this.#parts;
    if (!this.#isThere(credential)) return;
    const { name } = credential;
    const failure = asExchangeFailure(error);
    const { nextAttemptAt, failuresInARow } = plan.failed(credential, failure);
    listener({ type: 'exchange.failed', name, failure, took, nextAttemptAt, failuresInARow });
    if (!this.#isCurrent(credential)) return;
    await sync.publishStatus(plan.statusRecord(credential, failureNow(clock, failure), happened));
  }

  #isThere({ name }: SourcedCredential): boolean {
    return this.#parts.catalog.get(name) !== undefined;
  }

  /** Whether the document is still this version: what is said of another must not cover up what is known of this one. */
  #isCurrent({ name, version }: SourcedCredential): boolean {
    return this.#parts.catalog.get(name)?.version === version;
  }
}

/** @param life of the token at stake, null where none was ever held */
const exchangeDeadline = (life: Millis | null): Millis =>
  millis(Math.max(MIN_EXCHANGE_TIME, Math.min(MAX_EXCHANGE_TIME, (life ?? Infinity) / 5)));
