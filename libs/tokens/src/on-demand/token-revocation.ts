import type { AccessToken } from '../model/access-token.ts';
import type { TokenEventListener } from '../model/events.ts';
import type { RefreshResult } from '../model/refresh-result.ts';
import { SingleFlight } from '../model/single-flight.ts';
import type { TokenReference } from '../model/token-reference.ts';
import { millis, seconds, type Seconds } from '../model/units.ts';
import type { ImsClient } from '../ports/ims-client.ts';
import type { RefresherResponse, RevocationOutcome } from '../ports/refresher-client.ts';
import type { CredentialCatalog } from '../refreshing/credential-catalog.ts';
import { asExchangeFailure } from '../refreshing/exchange-errors.ts';
import { withImsDeadline } from '../refreshing/ims-deadline.ts';
import type { StoreLink } from '../replication/store-link.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenReplacement } from './token-replacement.ts';

/** The time that IMS may take to invalidate a token, and the time that a replacement may take. */
const DEADLINE = millis(10_000);
const RETRY_AFTER_SECONDS = seconds(5);

interface TokenRevocationParts {
  readonly catalog: CredentialCatalog;
  readonly tokens: CurrentTokens;
  readonly link: StoreLink;
  readonly replacement: TokenReplacement;
  readonly ims: ImsClient;
  readonly listener: TokenEventListener;
}

interface RevocationResult {
  readonly outcome: RevocationOutcome;
  readonly retryAfter: Seconds | null;
}

/** Revokes a leaked token at IMS after publishing its replacement. */
export class TokenRevocation {
  readonly #parts: TokenRevocationParts;
  readonly #invalidations = new SingleFlight<string, RevocationResult>();

  constructor(parts: TokenRevocationParts) {
    this.#parts = parts;
  }

  /** Settles within a little more than twenty seconds. Never rejects. */
  async revoke(leaked: TokenReference): Promise<RefresherResponse> {
    const { outcome, retryAfter } = await this.#revoke(leaked);
    const currentSha256 = this.#parts.tokens.get(leaked.name)?.cached?.token.sha256 ?? null;
    return { type: 'revocation-answered', outcome, retryAfter, currentSha256 };
  }

  async #revoke(leaked: TokenReference): Promise<RevocationResult> {
    const { replacement, tokens } = this.#parts;
    const { name, tokenSha256 } = leaked;
    const obstacle = replacement.obstacle(name);
    if (obstacle !== null) return asRevocationResult(obstacle);
    await replacement.catchUp(name);
    const current = tokens.get(name)?.cached?.token;
    return current?.sha256 === tokenSha256
      ? this.#revokeCurrent(leaked, current)
      : this.#revokeEarlier(leaked);
  }

  async #revokeCurrent(leaked: TokenReference, token: AccessToken): Promise<RevocationResult> {
    const { replacement, tokens, link } = this.#parts;
    const replaced = await replacement.replace(leaked, 'revocation', DEADLINE);
    if (tokens.isCurrent(leaked)) return asRevocationResult(replaced);
    // Processes that cannot read the replacement from the store would go on handing out the revoked token.
    const isShared = (await link.ask((store) => store.read(leaked.name))) !== null;
    return isShared
      ? this.#invalidate(leaked, token)
      : { outcome: 'failed', retryAfter: RETRY_AFTER_SECONDS };
  }

  async #revokeEarlier(leaked: TokenReference): Promise<RevocationResult> {
    const { link, tokens } = this.#parts;
    const { name, tokenSha256 } = leaked;
    const isRevoked = await link.ask((store) => store.isRevoked(name, tokenSha256));
    if (isRevoked === true) return { outcome: 'revoked', retryAfter: null };
    const earlier = await link.ask((store) => store.readEarlier(name));
    // Without the store this process cannot know which tokens other processes minted.
    if (earlier === null) return { outcome: 'failed', retryAfter: RETRY_AFTER_SECONDS };
    // The store may have lost what this process still knows.
    const known = [...earlier, ...tokens.earlier.of(name).map((cached) => cached.record)];
    const record = known.find(({ token }) => token.sha256 === tokenSha256);
    return record === undefined
      ? { outcome: 'unknown_token', retryAfter: null }
      : this.#invalidate(leaked, record.token);
  }

  /** Concurrent requests for one token ask IMS once. */
  #invalidate(leaked: TokenReference, token: AccessToken): Promise<RevocationResult> {
    const key = `${leaked.name} ${token.sha256}`;
    return this.#invalidations.run(key, () => this.#invalidateAtIms(leaked, token));
  }

  async #invalidateAtIms(
    { name, tokenSha256, caller }: TokenReference,
    token: AccessToken,
  ): Promise<RevocationResult> {
    const { catalog, ims, link, listener } = this.#parts;
    const credential = catalog.get(name);
    // IMS invalidates a token only for the credential that minted it.
    const exchangeable = credential === undefined ? null : catalog.exchangeable(credential);
    if (exchangeable === null) return { outcome: 'failed', retryAfter: null };
    try {
      await withImsDeadline(DEADLINE, ims.invalidate(exchangeable, token, DEADLINE));
    } catch (error) {
      const failure = asExchangeFailure(error);
      listener({ type: 'token.invalidated', name, tokenSha256, caller, failure });
      const wait = failure.retryAfter === null ? null : seconds(Math.ceil(failure.retryAfter / 1000));
      return { outcome: 'failed', retryAfter: wait ?? (failure.retryable ? RETRY_AFTER_SECONDS : null) };
    }
    listener({ type: 'token.invalidated', name, tokenSha256, caller, failure: null });
    await link.ask((store) => store.noteRevoked(name, tokenSha256));
    return { outcome: 'revoked', retryAfter: null };
  }
}

/** The result of a replacement that did not happen, as the result of the revocation that needed it. */
function asRevocationResult({ outcome, retryAfter }: RefreshResult): RevocationResult {
  return outcome === 'replaced' || outcome === 'superseded'
    ? { outcome: 'refreshing', retryAfter: seconds(1) }
    : { outcome, retryAfter };
}
