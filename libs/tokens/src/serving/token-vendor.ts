import type { CachedToken } from '../model/cached-token.ts';
import type { Clock } from '../model/clock.ts';
import type { RefreshPolicy } from '../model/refresh-policy.ts';
import { between, millis, seconds, type Instant, type Millis, type Seconds } from '../model/units.ts';
import type { CredentialEntry, CurrentTokens } from './current-tokens.ts';
import type { ServePolicy } from './serve-policy.ts';

/** The lifetime that `min_ttl` is compared with while no token is cached: the usual day of an IMS token. */
const DEFAULT_LIFE = seconds(86_400);
const RETRY_AFTER_SECONDS = seconds(5);
const MAX_RETRY_AFTER = seconds(60);

/** A token that may be handed out, with its times counted at this moment. */
export interface VendedToken {
  readonly outcome: 'vended';
  readonly cached: CachedToken;
  /** Whole seconds for which IMS accepts the token (RFC 6749 §5.1); never 0. */
  readonly expiresIn: Seconds;
  readonly expiresAt: Instant;
  /** Whole seconds after which a newer token is available; at least 1, at most `expiresIn`. */
  readonly refreshIn: Seconds;
}

/** The reason why no token can be handed out now. The outcomes are also the codes of the HTTP answers. */
export interface NoToken {
  readonly outcome:
    | 'credential_not_found'
    | 'invalid_min_ttl'
    | 'token_unavailable'
    | 'token_expired'
    | 'min_ttl_unavailable';
  readonly retryAfter: Seconds;
  /** For `invalid_min_ttl`: the largest `min_ttl` that may be asked for. */
  readonly longest?: Seconds;
}

interface TokenVendorParts {
  readonly tokens: CurrentTokens;
  readonly clock: Clock;
  readonly servePolicy: ServePolicy;
  readonly refreshPolicy: RefreshPolicy;
}

/** Hands out tokens from the memory of this process. Never waits, never causes an exchange. */
export class TokenVendor {
  readonly #tokens: CurrentTokens;
  readonly #clock: Clock;
  readonly #servePolicy: ServePolicy;
  readonly #refreshPolicy: RefreshPolicy;
  /** The life left when a token is due for renewal. It depends on the token alone, so it is computed once. */
  readonly #lifeWhenDue = new WeakMap<CachedToken, number>();

  constructor(parts: TokenVendorParts) {
    this.#tokens = parts.tokens;
    this.#clock = parts.clock;
    this.#servePolicy = parts.servePolicy;
    this.#refreshPolicy = parts.refreshPolicy;
  }

  /**
   * The current token of a credential if its remaining life is at least `minTtl` and the service's own
   * margin.
   */
  vend(name: string, minTtl: Seconds | null = null): VendedToken | NoToken {
    const entry = this.#tokens.get(name);
    if (entry === undefined) return { outcome: 'credential_not_found', retryAfter: RETRY_AFTER_SECONDS };
    const { cached } = entry;
    if (minTtl !== null) {
      const longest = cached === null ? DEFAULT_LIFE : seconds(Math.floor(cached.token.life / 1000));
      if (minTtl > longest) return { outcome: 'invalid_min_ttl', retryAfter: RETRY_AFTER_SECONDS, longest };
    }
    if (cached === null) return { outcome: 'token_unavailable', retryAfter: this.#untilNextAttempt(entry) };
    const { token } = cached;
    const remaining = cached.remaining(this.#clock);
    const expiresIn = this.#servePolicy.expiresIn(token.life, remaining);
    if (expiresIn === null) return { outcome: 'token_expired', retryAfter: this.#untilNextAttempt(entry) };
    const renewal = entry.status?.kind === 'local' ? expiresIn - 1 : this.#renewalIn(cached, remaining);
    const refreshIn = Math.max(1, Math.min(expiresIn, renewal)) as Seconds;
    if (minTtl !== null && expiresIn < minTtl) {
      return { outcome: 'min_ttl_unavailable', retryAfter: refreshIn };
    }
    return {
      outcome: 'vended',
      cached,
      expiresIn,
      expiresAt: (this.#clock.now() + remaining) as Instant,
      refreshIn,
    };
  }

  /** Whether `vend` would hand out the token of this entry now. */
  isServable({ cached }: CredentialEntry): boolean {
    return (
      cached !== null &&
      this.#servePolicy.expiresIn(cached.token.life, cached.remaining(this.#clock)) !== null
    );
  }

  /** For how long `vend` hands out the token of this entry; 0 where it does not. */
  runway({ cached }: CredentialEntry): Millis {
    if (cached === null) return millis(0);
    const { life } = cached.token;
    return millis(Math.max(0, cached.remaining(this.#clock) - this.#servePolicy.margin(life)));
  }

  /**
   * When the token of this entry is due for renewal; null where there is none, or none that can be renewed.
   */
  refreshDueAt({ cached, status }: CredentialEntry): Instant | null {
    return cached === null || status?.kind === 'local' ? null : this.#refreshPolicy.dueAt(cached.token);
  }

  /**
   * Whole seconds until shortly after the renewal is due, so that a caller that returns then finds the new
   * token. While a renewal is overdue: a tenth of the remaining life, so that callers do not poll in a tight
   * loop.
   */
  #renewalIn(cached: CachedToken, remaining: Millis): number {
    let lifeWhenDue = this.#lifeWhenDue.get(cached);
    if (lifeWhenDue === undefined) {
      lifeWhenDue = remaining - this.#refreshPolicy.untilDue(cached.token, remaining);
      this.#lifeWhenDue.set(cached, lifeWhenDue);
    }
    const untilDue = remaining - lifeWhenDue;
    const wait =
      untilDue > 0 ? untilDue + Math.min(30_000, cached.token.life / 50) : Math.min(60_000, remaining / 10);
    return Math.ceil(wait / 1000);
  }

  #untilNextAttempt({ status }: CredentialEntry): Seconds {
    const at = status?.nextAttemptAt ?? null;
    // A failing credential without a next attempt needs a person, which takes longer than a second.
    if (at === null) return status?.failing === true ? MAX_RETRY_AFTER : seconds(1);
    const wait = Math.ceil(between(this.#clock.now(), at) / 1000) + 1;
    return seconds(Math.min(MAX_RETRY_AFTER, Math.max(1, wait)));
  }
}
