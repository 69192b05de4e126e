import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import { failureNow } from '../model/credential-status-record.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenEventListener } from '../model/events.ts';
import { asExchangeFailure } from './exchange-errors.ts';
import type { FlightEnd } from './in-flight-refreshes.ts';
import { successOf, type HistoryType } from '../model/history.ts';
import type { RefreshPlan } from './refresh-plan.ts';
import type { RefreshTurns } from './exchange-lease.ts';
import type { StoreMirror } from '../replication/store-sync.ts';
import type { TokenMint } from './token-mint.ts';
import { undisturbed } from '../model/guard-listener.ts';
import { millis, type Millis } from '../model/units.ts';

/** How long one exchange may take; less for tokens whose life is counted in seconds. */
const LONGEST_EXCHANGE = 10_000;
const SHORTEST_EXCHANGE = 1_000;
/** The current version, a newer one and the previous one, and what is asked between them: others keep off for that long. */
const EXCHANGES_PER_FLIGHT = 4;

interface TokenRenewalParts {
  readonly catalog: CredentialCatalog;
  readonly plan: RefreshPlan;
  readonly tokens: CurrentTokens;
  readonly mirror: StoreMirror;
  readonly mint: TokenMint;
  readonly turns: RefreshTurns;
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
    this.#parts = { ...parts, listener: undisturbed(parts.listener) };
  }

  async fly({ name }: SourcedCredential, order: RenewalOrder): Promise<FlightEnd> {
    const { tokens, turns, catalog } = this.#parts;
    const life = tokens.get(name)?.held?.record.token.life ?? null;
    const deadline = exchangeDeadline(life);
    // A holder that dies must not cost callers the token: a renewal leaves about half of its life.
    const holdFor = millis(
      Math.min(deadline * EXCHANGES_PER_FLIGHT, Math.max(deadline, (life ?? Infinity) / 4)),
    );
    let end: FlightEnd = 'unwanted';
    const work = async (): Promise<void> => {
      // Another process may have renewed it meanwhile, and the document may have changed, or gone.
      const current = catalog.get(name);
      if (current && (await order.isWanted(current))) end = await this.#tryToRenew(current, order, deadline);
    };
    const isOurs = await turns.take(name, { holdFor, life, work, mayGoAlone: order.mayGoAlone });
    return isOurs ? end : 'left-to-another';
  }

  async #tryToRenew(
    credential: SourcedCredential,
    order: RenewalOrder,
    deadline: Millis,
  ): Promise<FlightEnd> {
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
    const { plan, tokens, mirror, mint, listener } = this.#parts;
    const { name } = credential;
    const isNeeded = isRejected || plan.isNeeded(name);
    const heldVersion = tokens.get(name)?.held?.record.version ?? null;
    const atHand = isNeeded ? null : heldVersion;
    const minted = await mint.mint(credential, deadline, {
      mayFallBack: isNeeded,
      atHand,
      // Another process may have minted the rejected token with a version that this one has not heard of yet.
      mayBeOutdated: isRejected && heldVersion !== credential.version,
      mayTryAnother,
    });
    // Removed while the exchange was under way: the new token must not bring it back.
    if (!this.#isThere(credential)) return;
    if (minted.token === null) {
      this.#moveOn(credential, minted.by);
      return;
    }
    const { token, clockSkew, by, insteadOf } = minted;
    const { version } = by;
    listener({ type: 'token.minted', name, token, version, took: took(), clockSkew });
    await mirror.publish({ name, generation: mirror.nextGeneration(name), token, version });
    if (insteadOf !== null) {
      listener({ type: 'credential.fell-back', name, version, insteadOf });
      await this.#fail(credential, insteadOf, took(), 'fell-back');
      return;
    }
    this.#moveOn(credential, by);
    if (!this.#isCurrent(by)) return;
    await mirror.report(plan.report(by, null, successOf(version, heldVersion)));
  }

  /** The version at hand has its token: nobody has to wait any more, and none before it is tried again. */
  #moveOn(from: SourcedCredential, to: SourcedCredential): void {
    const { plan, catalog } = this.#parts;
    plan.succeeded(from.name);
    plan.settle(to);
    if (to.version !== from.version && this.#isCurrent(from)) catalog.put(to);
  }

  async #fail(
    credential: SourcedCredential,
    error: unknown,
    took: Millis,
    happened: HistoryType,
  ): Promise<void> {
    const { plan, mirror, clock, listener } = this.#parts;
    if (!this.#isThere(credential)) return;
    const { name } = credential;
    const failure = asExchangeFailure(error);
    const { nextAttemptAt, failuresInARow } = plan.failed(credential, failure);
    listener({ type: 'exchange.failed', name, failure, took, nextAttemptAt, failuresInARow });
    if (!this.#isCurrent(credential)) return;
    await mirror.report(plan.report(credential, failureNow(clock, failure), happened));
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
  millis(Math.max(SHORTEST_EXCHANGE, Math.min(LONGEST_EXCHANGE, (life ?? Infinity) / 5)));
