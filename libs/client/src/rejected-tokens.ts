import type { ClientSettings } from './client-options.ts';
import { sha256, type HeldToken } from './held-token.ts';
import type { TokenKeeper } from './token-keeper.ts';
import type { TokenRequests } from './token-requests.ts';
import { TokenServiceError } from './token-service-error.ts';
import { monotonicNow, sleep, waitFor } from './waiting.ts';

/** How soon to look for another token where a rejected one could not be replaced at once. */
const LOOK_AGAIN = 5_000;

/** Reports tokens that AEM refused: each once, however many callers met the refusal. */
export class RejectedTokens {
  readonly #requests: TokenRequests;
  readonly #keeper: TokenKeeper;
  readonly #settings: ClientSettings;
  #flight: Promise<void> | null = null;
  #reported: string | null = null;
  /** On the monotonic clock: the same token is reported again only where the report did not get through. */
  #reportAgainAt = 0;

  constructor(requests: TokenRequests, keeper: TokenKeeper, settings: ClientSettings) {
    this.#requests = requests;
    this.#keeper = keeper;
    this.#settings = settings;
  }

  /** The token to use in that one's place; null where there is none, or none in time. @throws the signal's reason */
  async replace(rejected: string, signal: AbortSignal | undefined): Promise<HeldToken | null> {
    const current = this.#otherThan(rejected);
    if (current !== null) return current;
    this.#flight ??= this.#report(rejected).finally(() => {
      this.#flight = null;
    });
    try {
      await waitFor(this.#flight, this.#settings.timeoutMs * 2, signal);
    } catch (error) {
      signal?.throwIfAborted();
      this.#tell(error);
    }
    return this.#otherThan(rejected);
  }

  #otherThan(rejected: string): HeldToken | null {
    const { usable } = this.#keeper;
    return usable !== null && usable.value !== rejected ? usable : null;
  }

  async #report(rejected: string): Promise<void> {
    const deadline = monotonicNow() + this.#settings.timeoutMs;
    this.#keeper.reject(rejected);
    if (this.#mayReport(rejected)) await this.#replaceBy(rejected, deadline);
    if (this.#otherThan(rejected) === null) this.#keeper.lookAgainIn(LOOK_AGAIN);
  }

  #mayReport(rejected: string): boolean {
    return rejected !== this.#reported || monotonicNow() >= this.#reportAgainAt;
  }

  async #replaceBy(rejected: string, deadline: number): Promise<void> {
    this.#reported = rejected;
    this.#reportAgainAt = Infinity;
    try {
      const answer = await this.#requests.report(await sha256(rejected));
      if (typeof answer !== 'number') return this.#keeper.adopt(answer);
      await this.#awaitOther(rejected, answer * 1000, deadline);
    } catch (error) {
      if (!(error instanceof TokenServiceError)) throw error;
      // Without the permission to report, others may have done so; the current token is to be had all the same.
      if (error.status !== 403) this.#tell(error);
      if (!error.isFinal) this.#reportAgainAt = monotonicNow() + (error.retryAfter ?? 1) * 1000;
      await this.#keeper.ask();
    }
  }

  /** The service is fetching another token: asks for it until it is there. */
  async #awaitOther(rejected: string, firstPause: number, deadline: number): Promise<void> {
    for (let pause = firstPause; monotonicNow() + pause < deadline; pause = 1_000) {
      await sleep(pause);
      await this.#keeper.ask();
      if (this.#otherThan(rejected) !== null) return;
    }
  }

  #tell(failure: unknown): void {
    if (failure instanceof TokenServiceError) this.#settings.onFailure(failure);
  }
}
