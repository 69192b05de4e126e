import type { ClientSettings } from './client-options.ts';
import type { HeldToken } from './held-token.ts';
import type { TokenRequests } from './token-requests.ts';
import { TokenServiceError } from './token-service-error.ts';
import { backOff, monotonicNow, sleep, waitFor } from './waiting.ts';

/** While a good token is held there is time; the longest pause is also at most a tenth of that token's life. */
const MAX_PAUSE = 60_000;
const MAX_PAUSE_WITHOUT_TOKEN = 5_000;
/** No answer, however odd, may make this come back sooner. */
const MIN_PAUSE = 500;

interface Wanted {
  /** Seconds of life that the token must have left. */
  readonly minTtl?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Holds this process's token: one request at a time, whoever asks; a failed one changes nothing but when the next may be. */
export class TokenKeeper {
  readonly #requests: TokenRequests;
  readonly #settings: ClientSettings;
  #held: HeldToken | null = null;
  #rejected: string | null = null;
  #flight: Promise<void> | null = null;
  #failure: TokenServiceError | null = null;
  #failures = 0;
  /** On the monotonic clock; nothing is asked of the service before. */
  #askAt = 0;
  /** When a newer token is looked for although the one held is not due: it was rejected. */
  #lookAt = Infinity;

  constructor(requests: TokenRequests, settings: ClientSettings) {
    this.#requests = requests;
    this.#settings = settings;
  }

  /** The held token, as long as it is good for anything. */
  get usable(): HeldToken | null {
    return this.#held?.isUsable === true ? this.#held : null;
  }

  /** A usable token: at once where one is held, even while it is being renewed. @throws TokenServiceError, or the signal's reason */
  async get({ minTtl = 0, signal }: Wanted = {}): Promise<HeldToken> {
    signal?.throwIfAborted();
    const deadline = monotonicNow() + this.#settings.timeoutMs;
    for (;;) {
      const now = monotonicNow();
      const held = this.usable;
      const dueAt = held === null ? 0 : Math.min(held.dueAt, this.#lookAt);
      const askAt = Math.max(this.#askAt, dueAt);
      if (held !== null && held.lifeLeft >= minTtl * 1000) {
        if (now >= askAt) this.#renewInBackground();
        return held;
      }
      if (now >= askAt) {
        await this.#tryToAsk(deadline, signal);
      } else {
        if (askAt >= deadline || this.#failure?.isFinal === true)
          throw this.#failure ?? tooShortLived(askAt - now);
        await sleep(askAt - now, signal);
      }
    }
  }

  /** Asks for the current token, together with whoever asks already. @throws TokenServiceError */
  ask(): Promise<void> {
    return (this.#flight ??= this.#fly());
  }

  /** Takes over a token that the service named as the current one. */
  adopt(token: HeldToken): void {
    // A replica that lags behind may still hand out the token that was replaced because AEM refused it.
    if (token.value === this.#rejected && this.usable !== null && this.#held?.value !== token.value) {
      this.#askAt = monotonicNow() + MIN_PAUSE;
      return;
    }
    this.#held = token;
    this.#failure = null;
    this.#failures = 0;
    this.#askAt = 0;
    this.#lookAt = Infinity;
  }

  /** AEM refused this token: it stays in use only as long as there is no other. */
  reject(token: string): void {
    this.#rejected = token;
  }

  /** Has a newer token looked for after that time, although the one held is not due. */
  lookAgainIn(ms: number): void {
    this.#lookAt = Math.min(this.#lookAt, monotonicNow() + ms);
  }

  async #tryToAsk(deadline: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await waitFor(this.ask(), deadline - monotonicNow(), signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof TokenServiceError) || error.isFinal || monotonicNow() >= deadline) throw error;
    }
  }

  #renewInBackground(): void {
    if (this.#flight !== null) return;
    this.ask().catch((failure: unknown) => {
      if (failure instanceof TokenServiceError) this.#settings.onFailure(failure);
    });
  }

  async #fly(): Promise<void> {
    try {
      const token = await this.#requests.current();
      if (!token.isUsable)
        throw new TokenServiceError('The token was over when it came.', { code: 'token_expired' });
      this.adopt(token);
    } catch (error) {
      this.#failed(error);
      throw error;
    } finally {
      this.#flight = null;
    }
  }

  #failed(error: unknown): void {
    this.#failure = error instanceof TokenServiceError ? error : null;
    const held = this.usable;
    const longest = held === null ? MAX_PAUSE_WITHOUT_TOKEN : Math.min(MAX_PAUSE, held.lifeLeft / 10);
    const pause = Math.max(backOff(this.#failures, longest), (this.#failure?.retryAfter ?? 0) * 1000);
    this.#failures += 1;
    this.#askAt = monotonicNow() + Math.max(MIN_PAUSE, pause);
  }
}

function tooShortLived(ms: number): TokenServiceError {
  const retryAfter = Math.ceil(ms / 1000);
  const message = `The current token has less life left than minTtl asks for; the next one is due in ${retryAfter} s.`;
  return new TokenServiceError(message, { code: 'min_ttl_unavailable', retryAfter });
}
