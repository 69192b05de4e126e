import type { ClientSettings } from './client-options.ts';
import { sha256, type CachedToken } from './cached-token.ts';
import type { TokenCache } from './token-cache.ts';
import type { TokenRequests } from './token-requests.ts';
import { TokenServiceError } from './token-service-error.ts';
import { SingleFlight } from './single-flight.ts';
import { monotonicNow, sleep, waitFor } from './waiting.ts';

/** Milliseconds until the next request for a token if a rejected one has not been replaced. */
const RENEW_AFTER_REJECTION = 5_000;

/** Reports tokens that AEM rejected. It reports each token once, for any number of rejected requests. */
export class RejectedTokens {
  readonly #requests: TokenRequests;
  readonly #cache: TokenCache;
  readonly #settings: ClientSettings;
  readonly #reports = new SingleFlight<void>();
  #reported: string | null = null;
  /** Milliseconds of the monotonic clock. `Infinity`, unless the report failed and may be repeated. */
  #reportAgainAt = 0;

  constructor(requests: TokenRequests, cache: TokenCache, settings: ClientSettings) {
    this.#requests = requests;
    this.#cache = cache;
    this.#settings = settings;
  }

  /** Returns the replacement of a token, or `null` if there is none in time. @throws the signal's reason */
  async replace(rejected: string, signal: AbortSignal | undefined): Promise<CachedToken | null> {
    const current = this.#replacementFor(rejected);
    if (current !== null) return current;
    try {
      const report = this.#reports.run(() => this.#report(rejected));
      await waitFor(report, this.#settings.timeoutMs * 2, signal);
    } catch (error) {
      signal?.throwIfAborted();
      this.#notify(error);
    }
    return this.#replacementFor(rejected);
  }

  #replacementFor(rejected: string): CachedToken | null {
    const { usable } = this.#cache;
    return usable !== null && usable.value !== rejected ? usable : null;
  }

  async #report(rejected: string): Promise<void> {
    const deadline = monotonicNow() + this.#settings.timeoutMs;
    this.#cache.reject(rejected);
    if (this.#mayReport(rejected)) await this.#requestReplacement(rejected, deadline);
    if (this.#replacementFor(rejected) === null) this.#cache.renewWithin(RENEW_AFTER_REJECTION);
  }

  #mayReport(rejected: string): boolean {
    return rejected !== this.#reported || monotonicNow() >= this.#reportAgainAt;
  }

  async #requestReplacement(rejected: string, deadline: number): Promise<void> {
    this.#reported = rejected;
    this.#reportAgainAt = Infinity;
    try {
      const response = await this.#requests.report(await sha256(rejected));
      if (typeof response !== 'number') return this.#cache.adopt(response);
      await this.#pollForReplacement(rejected, response * 1000, deadline);
    } catch (error) {
      if (!(error instanceof TokenServiceError)) throw error;
      // Without the permission to report, the caller still gets the current token. Another caller may have
      // reported the rejected one.
      if (error.status !== 403) this.#notify(error);
      if (!error.isFinal) this.#reportAgainAt = monotonicNow() + (error.retryAfter ?? 1) * 1000;
      await this.#cache.refresh();
    }
  }

  /** Requests the current token until it is a replacement or the deadline is too near. */
  async #pollForReplacement(rejected: string, firstPause: number, deadline: number): Promise<void> {
    for (let pause = firstPause; monotonicNow() + pause < deadline; pause = 1_000) {
      await sleep(pause);
      await this.#cache.refresh();
      if (this.#replacementFor(rejected) !== null) return;
    }
  }

  #notify(failure: unknown): void {
    if (failure instanceof TokenServiceError) this.#settings.onFailure(failure);
  }
}
