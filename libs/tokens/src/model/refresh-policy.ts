import type { AccessToken } from './access-token.ts';
import { between, later, millis, type Instant, type Millis } from './units.ts';

/** The spread of the renewal around its share of the lifetime: ± this part of it. */
const JITTER = 0.1;

/**
 * Decides when a token is renewed: at a share of its lifetime (half by default), ± a tenth of that. The
 * jitter is derived from the token's hash, so all replicas agree on it, and a thousand tokens minted in one
 * second are not all due in one second.
 */
export class RefreshPolicy {
  readonly #share: number;

  /** @param share of the lifetime, from 0.1 to 0.8 */
  constructor(share = 0.5) {
    this.#share = share;
  }

  dueAt(token: AccessToken): Instant {
    const phase = Number.parseInt(token.sha256.slice(0, 8), 16) / 0xffff_ffff;
    const jitter = 1 + JITTER * (2 * phase - 1);
    return later(token.issuedAt, millis(token.life * this.#share * jitter));
  }

  /**
   * How long until a token with `remaining` life left is due; 0 or less once it is. Counted by the remaining
   * life and not by the date, so that setting the clock back does not delay a renewal.
   */
  untilDue(token: AccessToken, remaining: Millis): Millis {
    return millis(remaining - between(this.dueAt(token), token.expiresAt));
  }
}
