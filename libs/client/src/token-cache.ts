import type { ClientSettings } from './client-options.ts';
import type { CachedToken } from './cached-token.ts';
import type { TokenRequests } from './token-requests.ts';
import { SingleFlight } from './single-flight.ts';
import { TokenServiceError } from './token-service-error.ts';
import { backOff, monotonicNow, sleep, waitFor } from './waiting.ts';

/**
 * Milliseconds between requests while there is a usable token; also at most a tenth of its remaining
 * lifetime.
 */
const MAX_PAUSE = 60_000;
const MAX_PAUSE_WITHOUT_TOKEN = 5_000;
/** Milliseconds between requests, for every response. */
const MIN_PAUSE = 500;

interface GetOptions {
  /** Seconds for which the token must still be valid. */
  readonly minTtl?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Keeps the current token in memory. It sends one request at a time. A failed request only delays the next
 * one.
 */
export class TokenCache {
  readonly #requests: TokenRequests;
  readonly #settings: ClientSettings;
  #cached: CachedToken | null = null;
  #rejected: string | null = null;
  readonly #requestsInProgress = new SingleFlight<void>();
  #failure: TokenServiceError | null = null;
  #failures = 0;
  /** Milliseconds of the monotonic clock. The cache sends no request before. */
  #nextRequestAt = 0;
  /** Milliseconds of the monotonic clock. When to request a newer token before `dueAt`, after a rejection. */
  #earlyRenewalAt = Infinity;

  constructor(requests: TokenRequests, settings: ClientSettings) {
    this.#requests = requests;
    this.#settings = settings;
  }

  /** The cached token, or `null` if it is about to expire. */
  get usable(): CachedToken | null {
    return this.#cached?.isUsable === true ? this.#cached : null;
  }

  /**
   * Returns a usable token: the cached one at once, even during its renewal.
   * @throws TokenServiceError, or the signal's reason
   */
  async get({ minTtl = 0, signal }: GetOptions = {}): Promise<CachedToken> {
    signal?.throwIfAborted();
    const deadline = monotonicNow() + this.#settings.timeoutMs;
    for (;;) {
      const now = monotonicNow();
      const cached = this.usable;
      const dueAt = cached === null ? 0 : Math.min(cached.dueAt, this.#earlyRenewalAt);
      const nextRequestAt = Math.max(this.#nextRequestAt, dueAt);
      if (cached !== null && cached.remainingMs >= minTtl * 1000) {
        if (now >= nextRequestAt) this.#renewInBackground();
        return cached;
      }
      if (now >= nextRequestAt) {
        await this.#tryRefresh(deadline, signal);
      } else {
        if (nextRequestAt >= deadline || this.#failure?.isFinal === true)
          throw this.#failure ?? minTtlUnavailable(nextRequestAt - now);
        await sleep(nextRequestAt - now, signal);
      }
    }
  }

  /** Requests the current token. Concurrent calls share one request. @throws TokenServiceError */
  refresh(): Promise<void> {
    return this.#requestsInProgress.run(() => this.#requestCurrent());
  }

  /** Caches a token that the service returned as the current one. */
  adopt(token: CachedToken): void {
    // A replica that lags behind may still return the rejected token after another one has replaced it.
    if (token.value === this.#rejected && this.usable !== null && this.#cached?.value !== token.value) {
      this.#nextRequestAt = monotonicNow() + MIN_PAUSE;
      return;
    }
    this.#cached = token;
    this.#failure = null;
    this.#failures = 0;
    this.#nextRequestAt = 0;
    this.#earlyRenewalAt = Infinity;
  }

  /** Marks a token that AEM rejected. It stays in use until there is another one. */
  reject(token: string): void {
    this.#rejected = token;
  }

  /** Makes a newer token due in `ms` milliseconds at the latest. */
  renewWithin(ms: number): void {
    this.#earlyRenewalAt = Math.min(this.#earlyRenewalAt, monotonicNow() + ms);
  }

  async #tryRefresh(deadline: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await waitFor(this.refresh(), deadline - monotonicNow(), signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TokenServiceError) || error.isFinal || monotonicNow() >= deadline) throw error;
    }
  }

  #renewInBackground(): void {
    if (this.#requestsInProgress.isRunning) return;
    this.refresh().catch((failure: unknown) => {
      if (failure instanceof TokenServiceError) this.#settings.onFailure(failure);
    });
  }

  async #requestCurrent(): Promise<void> {
    try {
      const token = await this.#requests.current();
      if (!token.isUsable)
        throw new TokenServiceError('The token in the response has expired.', { code: 'token_expired' });
      this.adopt(token);
    } catch (error) {
      this.#postponeRequests(error);
      throw error;
    }
  }

  #postponeRequests(error: unknown): void {
    this.#failure = error instanceof TokenServiceError ? error : null;
    const cached = this.usable;
    const maxMs = cached === null ? MAX_PAUSE_WITHOUT_TOKEN : Math.min(MAX_PAUSE, cached.remainingMs / 10);
    const pause = Math.max(backOff(this.#failures, maxMs), (this.#failure?.retryAfter ?? 0) * 1000);
    this.#failures += 1;
    this.#nextRequestAt = monotonicNow() + Math.max(MIN_PAUSE, pause);
  }
}

function minTtlUnavailable(ms: number): TokenServiceError {
  const retryAfter = Math.ceil(ms / 1000);
  const message = `The current token expires before minTtl seconds have passed. The next one is due in ${retryAfter} s.`;
  return new TokenServiceError(message, { code: 'min_ttl_unavailable', retryAfter });
}
