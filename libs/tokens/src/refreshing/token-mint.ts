import type { Clock } from '../model/clock.ts';
import type { SecretStage, SourcedCredential } from '../model/credential.ts';
import { withDeadline } from '../model/deadline.ts';
import type { ExchangeFailure } from '../model/exchange-failure.ts';
import { between, millis, type Millis } from '../model/units.ts';
import { SourceUnavailable, type CredentialSource } from '../ports/credential-source.ts';
import type { Exchange, ImsClient } from '../ports/ims-client.ts';
import { MIN_EXCHANGE_TIME } from './exchange-times.ts';
import { asExchangeFailure, brokenDocument, unusableToken } from './exchange-errors.ts';
import { DEADLINE_GRACE, withImsDeadline } from './ims-deadline.ts';

/** A token with less life cannot be handed out at all. */
const MIN_LIFE = 1_000;

/** Longer than the deadline of any source. */
const MAX_READ_TIME = 60_000;
const sourceNeverAnswered = () => new SourceUnavailable('The credential source did not answer in time.');

/** A new token, and the version of the document that yielded it. */
export interface Minted extends Exchange {
  readonly by: SourcedCredential;
  /** The failure of the current version, where an earlier version yielded the token. */
  readonly insteadOf: ExchangeFailure | null;
}

/** No exchange was needed: the cached token is of this version, which is the current one. */
export interface AlreadyMinted {
  readonly by: SourcedCredential;
  readonly token: null;
}

type Attempt =
  | { readonly minted: Minted; readonly failure: null }
  | { readonly minted: null; readonly failure: ExchangeFailure };

interface MintingOrder {
  /** Whether an earlier version may be tried: not while callers have a good token. */
  readonly mayFallBack: boolean;
  /** The last version that minted, from memory; null where that is the current one. */
  readonly lastGood?: SourcedCredential | null;
  /** The version of the good cached token; null where a new token is needed in any case. */
  readonly cachedVersion: string | null;
  /**
   * Whether the source may have a newer version than the listing: then it is read before the first exchange.
   */
  readonly mayBeOutdated?: boolean;
  /**
   * When the lease ends, on the monotonic clock. What would end later is not begun; the first exchange is,
   * always.
   */
  readonly endsBy?: Millis;
  /** Asked before every exchange after the first; by default they are allowed. */
  readonly mayTryAnother?: (() => Promise<boolean>) | undefined;
}

interface TokenMintParts {
  readonly ims: ImsClient;
  readonly source: CredentialSource;
  readonly clock: Clock;
}

/**
 * Mints a token with the version of a document that yields one. A refusal of IMS counts only after a fresh
 * read of the source, since a rotation may be newer than the last listing. Then the previous version may be
 * tried, and after it the last one that minted.
 */
export class TokenMint {
  readonly #parts: TokenMintParts;

  constructor(parts: TokenMintParts) {
    this.#parts = parts;
  }

  /**
   * @param deadline of each exchange
   * @throws ExchangeFailure that of the current version, also if others were tried
   */
  async mint(
    listed: SourcedCredential,
    deadline: Millis,
    order: MintingOrder,
  ): Promise<Minted | AlreadyMinted> {
    const { mayFallBack, cachedVersion, mayBeOutdated = false } = order;
    let current = listed;
    if (cachedVersion !== null || mayBeOutdated) {
      // Only the changed version asks for this exchange. A cached version that differs from the listed one is
      // older, or newer than the listing.
      current = (await this.#readOther(listed, 'AWSCURRENT', order)) ?? listed;
      if (current.version === cachedVersion) return { by: current, token: null };
    }
    let attempt = await this.#attempt(current, deadline);
    if (attempt.failure && current.content.kind !== 'problem') {
      const newer = await this.#readOther(current, 'AWSCURRENT', order);
      if (newer?.version === cachedVersion) return { by: newer, token: null };
      const granted = newer === null ? null : await this.#nextDeadline(deadline, order);
      if (newer !== null && granted !== null) {
        current = newer;
        attempt = await this.#attempt(newer, granted);
      }
    }
    if (!attempt.failure) return attempt.minted;
    if (!mayFallBack) throw attempt.failure;
    return this.#fallBack(current, deadline, attempt.failure, order);
  }

  /**
   * Exchanges one version.
   * @throws ExchangeFailure
   */
  async exchange(by: SourcedCredential, deadline: Millis): Promise<Minted> {
    const { ims, clock } = this.#parts;
    const { content } = by;
    if (content.kind === 'problem') throw brokenDocument(content);
    if (content.kind === 'local') return { by, token: content.token, clockSkew: null, insteadOf: null };
    const exchange = await withImsDeadline(deadline, ims.exchange(content, deadline));
    const { life, expiresAt } = exchange.token;
    // A clock that is set during the exchange can make the lifetime negative while the expiry lies ahead.
    if (life < MIN_LIFE || between(clock.now(), expiresAt) < MIN_LIFE) throw unusableToken();
    return { ...exchange, by, insteadOf: null };
  }

  /**
   * Exchanges one version and returns a refusal. Throws a retryable failure: another version would not fare
   * better.
   */
  async #attempt(by: SourcedCredential, deadline: Millis): Promise<Attempt> {
    try {
      return { minted: await this.exchange(by, deadline), failure: null };
    } catch (error) {
      const failure = asExchangeFailure(error);
      if (failure.retryable) throw failure;
      return { minted: null, failure };
    }
  }

  /** Exchanges the previous version or, where that mints nothing, the last one that did. */
  async #fallBack(
    current: SourcedCredential,
    deadline: Millis,
    failure: ExchangeFailure,
    order: MintingOrder,
  ): Promise<Minted> {
    const { lastGood = null } = order;
    const previous = await this.#readOther(current, 'AWSPREVIOUS', order);
    const isTriedAlready = lastGood?.version === current.version || lastGood?.version === previous?.version;
    for (const earlier of [previous, isTriedAlready ? null : lastGood]) {
      if (earlier === null || earlier.content.kind === 'problem') continue;
      const granted = await this.#nextDeadline(deadline, order);
      if (granted === null) break;
      try {
        return { ...(await this.exchange(earlier, granted)), insteadOf: failure };
      } catch {
        // The failure of an earlier version does not help: the current version is the one to mend.
      }
    }
    throw failure;
  }

  /** The deadline of one more exchange; null where none is allowed, or the lease would end before it. */
  async #nextDeadline(deadline: Millis, order: MintingOrder): Promise<Millis | null> {
    const left = this.#timeLeft(order) - DEADLINE_GRACE;
    if (left < MIN_EXCHANGE_TIME || !(await (order.mayTryAnother?.() ?? true))) return null;
    return millis(Math.min(deadline, left));
  }

  #timeLeft({ endsBy = millis(Infinity) }: MintingOrder): number {
    return endsBy - this.#parts.clock.monotonic();
  }

  /** Reads a version other than the known one; null where the source has none or cannot be asked in time. */
  async #readOther(
    known: SourcedCredential,
    stage: SecretStage,
    order: MintingOrder,
  ): Promise<SourcedCredential | null> {
    const limit = Math.min(MAX_READ_TIME, this.#timeLeft(order) - MIN_EXCHANGE_TIME - DEADLINE_GRACE);
    if (limit <= 0) return null;
    try {
      const read = this.#parts.source.read(known.name, stage);
      const found = await withDeadline(millis(limit), read, sourceNeverAnswered);
      return found === null || found.version === known.version ? null : found;
    } catch (error) {
      if (!(error instanceof SourceUnavailable)) throw error;
      return null;
    }
  }
}
