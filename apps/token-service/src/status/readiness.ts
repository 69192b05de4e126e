import { CurrentTokens, StoreSync, TokenVendor } from '#libs/tokens';
import { Inject, Injectable } from '@nestjs/common';

/**
 * Whether this process can serve callers: its warm-up is over, and it can vend at least one token or has no
 * credential. An outage of Redis, AWS or Adobe does not matter while tokens last. While Redis is down at the
 * start, a complete token cache takes the place of the warm-up.
 */
@Injectable()
export class Readiness {
  readonly #tokens: CurrentTokens;
  readonly #vendor: TokenVendor;
  readonly #sync: Pick<StoreSync, 'hasCompleteCopy'>;
  #isWarmedUp = false;

  constructor(
    @Inject(CurrentTokens) tokens: CurrentTokens,
    @Inject(TokenVendor) vendor: TokenVendor,
    @Inject(StoreSync) sync: Pick<StoreSync, 'hasCompleteCopy'>,
  ) {
    this.#sync = sync;
    this.#tokens = tokens;
    this.#vendor = vendor;
  }

  get isWarmedUp(): boolean {
    return this.#isWarmedUp;
  }

  /**
   * Ends the warm-up: the process knows all credentials, and each has a token or was tried once, unless
   * attempts hang.
   */
  markWarmedUp(): void {
    this.#isWarmedUp = true;
  }

  /** How many credentials have a token, or failed to get one. */
  get tried(): number {
    return this.#tokens.all().filter(({ cached, status }) => cached !== null || status?.failing === true)
      .length;
  }

  get isReady(): boolean {
    if (!this.#isWarmedUp && !this.#sync.hasCompleteCopy) return false;
    const entries = this.#tokens.all();
    return (
      (entries.length === 0 && this.#isWarmedUp) || entries.some((entry) => this.#vendor.isServable(entry))
    );
  }
}
