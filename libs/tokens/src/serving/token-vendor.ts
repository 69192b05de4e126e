import type { AccessToken } from '../model/access-token.ts';
import type { Clock } from '../model/clock.ts';
import type { CurrentTokens, CredentialEntry } from './current-tokens.ts';
import type { CachedToken } from '../model/cached-token.ts';
import type { RefreshPolicy } from '../model/refresh-policy.ts';
import type { ServePolicy } from './serve-policy.ts';
import { between, later, seconds, type Instant, type Millis, type Seconds } from '../model/units.ts';

/** The longest `min_ttl` that makes sense where no token is held to measure it against: IMS's usual day. */
const DEFAULT_LIFE = seconds(86_400);
const RETRY_AFTER_SECONDS = seconds(5);
const MAX_RETRY_AFTER = seconds(60);

/** A token fit to be handed out, with its times counted at this very moment. */
export interface VendedToken {
  readonly outcome: 'vended';
  readonly cached: CachedToken;
  /** RFC 6749 §5.1: whole seconds it will still be accepted, never 0. */
  readonly expiresIn: Seconds;
  readonly expiresAt: Instant;
  /** Whole seconds after which a newer token is to be had; at least 1, at most `expiresIn`. */
  readonly refreshIn: Seconds;
}

/** Why no token can be handed out now; the codes are the HTTP answers' own. */
export interface NoToken {
  readonly outcome:
    | 'credential_not_found'
    | 'invalid_min_ttl'
    | 'token_unavailable'
    | 'token_expired'
    | 'min_ttl_unavailable';
  readonly retryAfter: Seconds;
  /** For `invalid_min_ttl`: the longest that may be asked for. */
  readonly longest?: Seconds;
}

interface TokenVendorParts {
  readonly tokens: CurrentTokens;
  readonly clock: Clock;
  readonly serve: ServePolicy;
  readonly refresh: RefreshPolicy;
}

/** Answers callers from this process's memory: never waits, never causes an exchange. */
export class TokenVendor {
  readonly #tokens: CurrentTokens;
  readonly #clock: Clock;
  readonly #serve: ServePolicy;
  readonly #refresh: RefreshPolicy;

  constructor(parts: TokenVendorParts) {
    this.#tokens = parts.tokens;
    this.#clock = parts.clock;
    this.#serve = parts.serve;
    this.#refresh = parts.refresh;
  }

  /** The current token of a credential, if it has at least `minTtl` (and the service's own margin) of life left. */
  vend(name: string, minTtl: Seconds | null = null): VendedToken | NoToken {
    const entry = this.#tokens.get(name);
    if (entry === undefined) return { outcome: 'credential_not_found', retryAfter: RETRY_AFTER_SECONDS };
    const { cached } = entry;
    if (minTtl !== null) {
      const longest = cached === null ? DEFAULT_LIFE : seconds(Math.floor(cached.token.life / 1000));
      if (minTtl > longest) return { outcome: 'invalid_min_ttl', retryAfter: RETRY_AFTER_SECONDS, longest };
    }
    if (cached === null) return { outcome: 'token_unavailable', retryAfter: this.#nextTry(entry) };
    const { token } = cached;
    const remaining = cached.remaining(this.#clock);
    const expiresIn = this.#serve.expiresIn(token.life, remaining);
    if (expiresIn === null) return { outcome: 'token_expired', retryAfter: this.#nextTry(entry) };
    const renewal = entry.status?.kind === 'local' ? expiresIn - 1 : this.#renewalIn(cached.token, remaining);
    const refreshIn = seconds(Math.max(1, Math.min(expiresIn, renewal)));
    if (minTtl !== null && expiresIn < minTtl)
      return { outcome: 'min_ttl_unavailable', retryAfter: refreshIn };
    return {
      outcome: 'vended',
      cached,
      expiresIn,
      expiresAt: later(this.#clock.now(), remaining),
      refreshIn,
    };
  }

  /** Whether `vend` would hand out this credential's token now. */
  isServable(entry: CredentialEntry): boolean {
    return (
      entry.cached !== null &&
      this.#serve.expiresIn(entry.cached.token.life, entry.cached.remaining(this.#clock)) !== null
    );
  }

  /** When this holding's token is to be renewed; null where there is none, or none that can be. */
  refreshDueAt(entry: CredentialEntry): Instant | null {
    return entry.cached === null || entry.status?.kind === 'local'
      ? null
      : this.#refresh.dueAt(entry.cached.token);
  }

  /**
   * Whole seconds to a little after the renewal is due, so that who comes back then finds the new token; while a
   * renewal is overdue, a tenth of what is left, so that nobody spins.
   */
  #renewalIn(token: AccessToken, remaining: Millis): number {
    const untilDue = this.#refresh.untilDue(token, remaining);
    const wait =
      untilDue > 0 ? untilDue + Math.min(30_000, token.life / 50) : Math.min(60_000, remaining / 10);
    return Math.ceil(wait / 1000);
  }

  #nextTry({ status }: CredentialEntry): Seconds {
    const at = status?.nextAttemptAt ?? null;
    // Failing with no attempt to come: this takes a person, and people take their time.
    if (at === null) return status?.failing === true ? MAX_RETRY_AFTER : seconds(1);
    const wait = Math.ceil(between(this.#clock.now(), at) / 1000) + 1;
    return seconds(Math.min(MAX_RETRY_AFTER, Math.max(1, wait)));
  }
}
