import type { Clock, CredentialSource, Millis, TokenRefresher } from '#libs/tokens';

/** Ticks come every second, give or take: one that is early by a hair must not put the look off to the next. */
const HALF_A_TICK = 500;

/** Decides when the credential source is looked at: every so often, and soon after somebody hints at a change. */
export class SourcePoller {
  readonly #refresher: TokenRefresher;
  readonly #clock: Clock;
  readonly #every: Millis;
  readonly #stopWatching: () => void;
  #hinted = false;
  #lastLook: Millis | null = null;

  constructor(source: CredentialSource, refresher: TokenRefresher, clock: Clock, every: Millis) {
    this.#refresher = refresher;
    this.#clock = clock;
    this.#every = every;
    this.#stopWatching = source.watch(() => this.hint());
  }

  /** Something may have changed: look at the next tick. */
  hint(): void {
    this.#hinted = true;
  }

  /** Looks now, whenever the last look was, and waits for its end. */
  async lookNow(): Promise<void> {
    this.hint();
    await this.tick();
  }

  /** Looks if it is time to. */
  async tick(): Promise<void> {
    const now = this.#clock.monotonic();
    if (!this.#hinted && this.#lastLook !== null && now - this.#lastLook < this.#every - HALF_A_TICK) return;
    this.#hinted = false;
    this.#lastLook = now;
    await this.#refresher.syncWithSource();
  }

  close(): void {
    this.#stopWatching();
  }
}
