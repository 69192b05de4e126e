import type { SecretStage, SourcedCredential } from '../model/credential.ts';
import { SourceUnavailable, type CredentialSource } from '../ports/credential-source.ts';
import { asExchangeFailure, brokenDocument, neverAnswered, unusableToken } from './exchange-errors.ts';
import type { Clock } from '../model/clock.ts';
import type { ExchangeFailure } from '../model/exchange-failure.ts';
import type { Exchange, ImsClient } from '../ports/ims-client.ts';
import { between, millis, type Millis } from '../model/units.ts';
import { withDeadline } from '../model/deadline.ts';

/** How much longer than its deadline a client is waited for that does not keep to it. */
const DEADLINE_GRACE = 1_000;
/** A token that ends sooner can't be handed out at all. */
const MIN_LIFE = 1_000;

/** Above any source's own deadline. */
const MAX_READ_TIME = millis(60_000);
const sourceNeverAnswered = () => new SourceUnavailable('The credential source did not answer in time.');

/** A new token, and the version of the document that yielded it. */
export interface Minted extends Exchange {
  readonly by: SourcedCredential;
  /** Why the current version yielded none, where the previous one had to step in. */
  readonly insteadOf: ExchangeFailure | null;
}

/** No exchange was needed: this is the current version, and a good token of it is at hand. */
export interface AtHand {
  readonly by: SourcedCredential;
  readonly token: null;
}

type Attempt =
  | { readonly minted: Minted; readonly failure: null }
  | { readonly minted: null; readonly failure: ExchangeFailure };

interface MintingOrder {
  /** Whether the previous version may step in: not while callers have a good token anyway. */
  readonly mayFallBack: boolean;
  /** The version of the good token that is held, null where a new one is needed in any case. */
  readonly atHand: string | null;
  /** Whether the source may have a newer version than the listed one: then it is asked before the first exchange. */
  readonly mayBeOutdated?: boolean;
  /** Asked before every exchange after the first; by default it may. */
  readonly mayTryAnother?: (() => Promise<boolean>) | undefined;
}

interface TokenMintParts {
  readonly ims: ImsClient;
  readonly source: CredentialSource;
  readonly clock: Clock;
}

/**
 * Gets a token with whichever version of a document yields one. IMS's refusal is believed only after the source was
 * asked afresh, since a rotation may have outrun the last look at it; then the version before may step in.
 */
export class TokenMint {
  readonly #parts: TokenMintParts;

  constructor(parts: TokenMintParts) {
    this.#parts = parts;
  }

  /**
   * @param deadline of each exchange
   * @throws ExchangeFailure the current version's own, whatever else was tried
   */
  async mint(
    listed: SourcedCredential,
    deadline: Millis,
    { mayFallBack, atHand, mayBeOutdated = false, mayTryAnother = async () => true }: MintingOrder,
  ): Promise<Minted | AtHand> {
    let current = listed;
    if (atHand !== null || mayBeOutdated) {
      // Only the version asks for an exchange. One at hand that is not the listed one is older, or newer than the listing.
      current = (await this.#read(listed, 'AWSCURRENT')) ?? listed;
      if (current.version === atHand) return { by: current, token: null };
    }
    let attempt = await this.#attempt(current, deadline);
    if (attempt.failure && current.content.kind !== 'problem') {
      const newer = await this.#read(current, 'AWSCURRENT');
      if (newer?.version === atHand) return { by: newer, token: null };
      if (newer !== null && (await mayTryAnother())) {
        current = newer;
        attempt = await this.#attempt(newer, deadline);
      }
    }
    if (!attempt.failure) return attempt.minted;
    if (!mayFallBack || !(await mayTryAnother())) throw attempt.failure;
    return this.#fallBack(current, deadline, attempt.failure);
  }

  /** One exchange with one version. */
  async exchange(by: SourcedCredential, deadline: Millis): Promise<Minted> {
    const { ims, clock } = this.#parts;
    const { content } = by;
    if (content.kind === 'problem') throw brokenDocument(content);
    if (content.kind === 'local') return { by, token: content.token, clockSkew: null, insteadOf: null };
    const asked = ims.exchange(content, deadline);
    const exchange = await withDeadline(millis(deadline + DEADLINE_GRACE), asked, neverAnswered);
    if (between(clock.now(), exchange.token.expiresAt) < MIN_LIFE) throw unusableToken();
    return { ...exchange, by, insteadOf: null };
  }

  /** An exchange whose refusal is a value. Anything that may heal by itself is thrown: no other version would fare better. */
  async #attempt(by: SourcedCredential, deadline: Millis): Promise<Attempt> {
    try {
      return { minted: await this.exchange(by, deadline), failure: null };
    } catch (error) {
      const failure = asExchangeFailure(error);
      if (failure.retryable) throw failure;
      return { minted: null, failure };
    }
  }

  async #fallBack(current: SourcedCredential, deadline: Millis, failure: ExchangeFailure): Promise<Minted> {
    const previous = await this.#read(current, 'AWSPREVIOUS');
    if (previous === null) throw failure;
    try {
      return { ...(await this.exchange(previous, deadline)), insteadOf: failure };
    } catch {
      // Why the previous version fails too is of no help: the current one is what somebody has to mend.
      throw failure;
    }
  }

  /** Another version than the one at hand, if the source has one and can be asked. */
  async #read(atHand: SourcedCredential, stage: SecretStage): Promise<SourcedCredential | null> {
    try {
      const found = await withDeadline(
        MAX_READ_TIME,
        this.#parts.source.read(atHand.name, stage),
        sourceNeverAnswered,
      );
      return found === null || found.version === atHand.version ? null : found;
    } catch (error) {
      if (!(error instanceof SourceUnavailable)) throw error;
      return null;
    }
  }
}
