import { CurrentTokens, TokenVendor } from '#libs/tokens';
import { Inject, Injectable } from '@nestjs/common';

/**
 * Whether this process can serve callers: its warm-up is over, and it can vend at least one token or has no
 * credential. An outage of Redis, AWS or Adobe does not matter while tokens last.
 */
@Injectable()
export class Readiness {
  readonly #tokens: CurrentTokens;
  readonly #vendor: TokenVendor;
  #isWarmedUp = false;

  constructor(@Inject(CurrentTokens) tokens: CurrentTokens, @Inject(TokenVendor) vendor: TokenVendor) {
    this.#tokens = tokens;
    this.#vendor = vendor;
  }

  get isWarmedUp(): boolean {
    return this.#isWarmedUp;
  }

  /**
   * Ends the warm-up: the process has read every credential and tried each due exchange once, or the limit is
   * over.
   */
  markWarmedUp(): void {
    this.#isWarmedUp = true;
  }

  get isReady(): boolean {
    if (!this.#isWarmedUp) return false;
    const entries = this.#tokens.all();
    return entries.length === 0 || entries.some((entry) => this.#vendor.isServable(entry));
  }
}
