import type { CurrentTokens, TokenVendor } from '#libs/tokens';

/**
 * Whether this process is of use to callers: it has looked around once, and it can hand out a token, or there is
 * none to hand out. Redis, AWS or Adobe being down does not matter while tokens last.
 */
export class Readiness {
  readonly #tokens: CurrentTokens;
  readonly #vendor: TokenVendor;
  #firstPassDone = false;

  constructor(tokens: CurrentTokens, vendor: TokenVendor) {
    this.#tokens = tokens;
    this.#vendor = vendor;
  }

  get firstPassDone(): boolean {
    return this.#firstPassDone;
  }

  /** Every credential was read, and each that was due tried once (or the time for that was up). */
  markFirstPassDone(): void {
    this.#firstPassDone = true;
  }

  get isReady(): boolean {
    if (!this.#firstPassDone) return false;
    const holdings = this.#tokens.all();
    return holdings.length === 0 || holdings.some((holding) => this.#vendor.isServable(holding));
  }
}
