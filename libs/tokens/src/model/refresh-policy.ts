import type { AccessToken } from './access-token.ts';
import { between, later, millis, type Instant, type Millis } from './units.ts';

/** Spread of the refresh instant around its share of the token's life: ± this part of it. */
const JITTER = 0.1;

/**
 * When a token is renewed: at a share of its life (half, as a rule), give or take a tenth of that.
 * The jitter comes from the token's own hash, so that all replicas agree on it without a word,
 * and a thousand tokens minted in one second are not all due in one second a half-life later.
 */
export class RefreshPolicy {
  readonly #share: number;

  /** @param share of the token's life, between 0.1 and 0.8. */
  constructor(share = 0.5) {
    this.#share = share;
  }

  dueAt(token: AccessToken): Instant {
    const phase = Number.parseInt(token.sha256.slice(0, 8), 16) / 0xffff_ffff;
    const jitter = 1 + JITTER * (2 * phase - 1);
    return later(token.issuedAt, millis(token.life * this.#share * jitter));
  }

  /**
   * How long until a token that has `remaining` left is to be renewed; 0 or less once it is due. Told by the life
   * left and not by the date, so that setting the clock back puts no renewal off.
   */
  untilDue(token: AccessToken, remaining: Millis): Millis {
    return millis(remaining - between(this.dueAt(token), token.expiresAt));
  }
}
