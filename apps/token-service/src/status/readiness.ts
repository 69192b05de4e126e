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

  get isWarmedUp(): boolean {
    return this.#firstPassDone;
  }

  /** Every credential was read, and each that was due tried once (or the time for that was up). */
  markWarmedUp(): void {
    this.#firstPassDone = true;
  }

  get isReady(): boolean {
    if (!this.#firstPassDone) return false;
    const entries = this.#tokens.all();
    return entries.length === 0 || entries.some((entry) => this.#vendor.isServable(entry));
  }
}
