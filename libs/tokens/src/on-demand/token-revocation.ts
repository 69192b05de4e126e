import type { AccessToken } from '../model/access-token.ts';
import type { CredentialCatalog } from '../refreshing/credential-catalog.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenEventListener } from '../model/events.ts';
import { asExchangeFailure, neverAnswered } from '../refreshing/exchange-errors.ts';
import type { ImsClient } from '../ports/ims-client.ts';
import type { TokenReference, RefresherResponse, RevocationOutcome } from '../ports/refresher-client.ts';
import type { RefreshResult } from './refresh-result.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { TokenReplacement } from './token-replacement.ts';
import { guardListener } from '../model/guard-listener.ts';
import { millis, seconds, type Seconds } from '../model/units.ts';
import { withDeadline } from '../model/deadline.ts';

/** How long IMS may take to take a token back. */
const DEADLINE = millis(10_000);
/** How much longer a client is waited for that does not keep to it. */
const DEADLINE_GRACE = 1_000;
const RETRY_AFTER_SECONDS = seconds(5);

interface TokenRevocationParts {
  readonly catalog: CredentialCatalog;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly replacement: TokenReplacement;
  readonly ims: ImsClient;
  readonly listener: TokenEventListener;
}

interface RevocationResult {
  readonly outcome: RevocationOutcome;
  readonly retryAfter: Seconds | null;
}

/** Has IMS take a leaked token back, once another one has its place: callers are never without. */
export class TokenRevocation {
  readonly #parts: TokenRevocationParts;
  readonly #underWay = new Map<string, Promise<RevocationResult>>();

  constructor(parts: TokenRevocationParts) {
    this.#parts = { ...parts, listener: guardListener(parts.listener) };
  }

  /** Settles within a little more than twenty seconds, and never rejects. */
  async revoke(leaked: TokenReference): Promise<RefresherResponse> {
    const { outcome, retryAfter } = await this.#revoke(leaked);
    const currentSha256 = this.#parts.tokens.get(leaked.name)?.cached?.token.sha256 ?? null;
    return { type: 'revocation-answered', outcome, retryAfter, currentSha256 };
  }

  async #revoke(leaked: TokenReference): Promise<RevocationResult> {
    const { replacement, tokens, sync } = this.#parts;
    const { name, tokenSha256 } = leaked;
    const obstacle = replacement.obstacle(name);
    if (obstacle !== null) return asRevocationResult(obstacle);
    await replacement.catchUp(name);
    const cached = tokens.get(name)?.cached?.token;
    if (cached?.sha256 === tokenSha256) {
      const replaced = await replacement.replace(leaked, 'revocation', DEADLINE);
      if (tokens.isCurrent(leaked)) return asRevocationResult(replaced);
      // Processes that can't hear of the one in its place would go on handing out a token that is of no use any more.
      const isShared = (await sync.ask((store) => store.read(name))) !== null;
      if (!isShared) return { outcome: 'failed', retryAfter: RETRY_AFTER_SECONDS };
      return this.#invalidateOnce(leaked, cached);
    }
    const isRevoked = await sync.ask((store) => store.isRevoked(name, tokenSha256));
    if (isRevoked === true) return { outcome: 'revoked', retryAfter: null };
    const earlier = await sync.ask((store) => store.readEarlier(name));
    // Who knows only what it holds cannot say what others knew.
    if (earlier === null) return { outcome: 'failed', retryAfter: RETRY_AFTER_SECONDS };
    const record = earlier.find(({ token }) => token.sha256 === tokenSha256);
    return record === undefined
      ? { outcome: 'unknown_token', retryAfter: null }
      : this.#invalidateOnce(leaked, record.token);
  }

  /** Those who ask for the same at the same time ask IMS together. */
  #invalidateOnce(leaked: TokenReference, token: AccessToken): Promise<RevocationResult> {
    const key = `${leaked.name} ${token.sha256}`;
    const underWay =
      this.#underWay.get(key) ?? this.#invalidate(leaked, token).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, underWay);
    return underWay;
  }

  async #invalidate(
    { name, tokenSha256, caller }: TokenReference,
    token: AccessToken,
  ): Promise<RevocationResult> {
    const { catalog, ims, sync, listener } = this.#parts;
    const content = catalog.get(name)?.content;
    // Without its credential nobody can prove to IMS that the token is ours.
    if (content?.kind !== 'jwt' && content?.kind !== 'oauth') return { outcome: 'failed', retryAfter: null };
    try {
      const asked = ims.invalidate(content, token, DEADLINE);
      await withDeadline(millis(DEADLINE + DEADLINE_GRACE), asked, neverAnswered);
    } catch (error) {
      const failure = asExchangeFailure(error);
      listener({ type: 'token.invalidated', name, tokenSha256, caller, failure });
      const wait = failure.retryAfter === null ? null : seconds(Math.ceil(failure.retryAfter / 1000));
      return { outcome: 'failed', retryAfter: wait ?? (failure.retryable ? RETRY_AFTER_SECONDS : null) };
    }
    listener({ type: 'token.invalidated', name, tokenSha256, caller, failure: null });
    await sync.ask((store) => store.noteRevoked(name, tokenSha256));
    return { outcome: 'revoked', retryAfter: null };
  }
}

/** The word on a replacement that did not come about, as one on the revocation that needed it. */
function asRevocationResult({ outcome, retryAfter }: RefreshResult): RevocationResult {
  return outcome === 'replaced' || outcome === 'superseded'
    ? { outcome: 'refreshing', retryAfter: seconds(1) }
    : { outcome, retryAfter };
}
