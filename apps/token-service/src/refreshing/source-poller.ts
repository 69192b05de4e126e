import { Clock, CredentialSource, TokenRefresher, toMillis, type Millis } from '#libs/tokens';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';

import type { RefreshingConfig } from '../config/service-config.ts';
import { REFRESHING_CONFIG } from '../config/settings.ts';

/**
 * Ticks come about every second. One that comes a little early must not postpone the poll to the next tick.
 */
const HALF_A_TICK = 500;

/**
 * Decides when to poll the credential source: every `CREDENTIAL_POLL_SECONDS`, and soon after a hint of a
 * change.
 */
@Injectable()
export class SourcePoller implements OnModuleInit, BeforeApplicationShutdown {
  readonly #source: CredentialSource;
  readonly #refresher: TokenRefresher;
  readonly #clock: Clock;
  readonly #every: Millis;
  #stopWatching: (() => void) | null = null;
  #isHinted = false;
  #lastPoll: Millis | null = null;

  constructor(
    @Inject(CredentialSource) source: CredentialSource,
    @Inject(TokenRefresher) refresher: TokenRefresher,
    @Inject(Clock) clock: Clock,
    @Inject(REFRESHING_CONFIG) config: RefreshingConfig,
  ) {
    this.#source = source;
    this.#refresher = refresher;
    this.#clock = clock;
    this.#every = toMillis(config.CREDENTIAL_POLL_SECONDS);
  }

  onModuleInit(): void {
    this.#stopWatching = this.#source.watch(() => {
      this.#isHinted = true;
    });
  }

  beforeApplicationShutdown(): void {
    this.#stopWatching?.();
  }

  /** Polls now, whenever the last poll was, and waits for its end. */
  async pollNow(): Promise<void> {
    this.#isHinted = true;
    await this.tick();
  }

  /** Polls if a poll is due. */
  async tick(): Promise<void> {
    const now = this.#clock.monotonic();
    const isEarly = this.#lastPoll !== null && now - this.#lastPoll < this.#every - HALF_A_TICK;
    if (!this.#isHinted && isEarly) return;
    this.#isHinted = false;
    this.#lastPoll = now;
    await this.#refresher.syncWithSource();
  }
}
