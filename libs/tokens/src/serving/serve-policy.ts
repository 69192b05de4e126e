import { millis, seconds, toMillis, type Millis, type Seconds } from '../model/units.ts';

/** When a token has too little life left to be handed out. One function decides, wherever tokens are served. */
export class ServePolicy {
  readonly #minServe: Seconds;

  /** @param minServe the margin of long-lived tokens; those of a life under ten times that get a tenth of their life. */
  constructor(minServe: Seconds = seconds(60)) {
    this.#minServe = minServe;
  }

  /** The life a token must still have. */
  margin(life: Millis): Millis {
    return millis(Math.min(toMillis(this.#minServe), life / 10));
  }

  /**
   * The whole seconds a caller may count on, as `expires_in` says them, or null where the token must not be handed out.
   * Never 0 or less: OAuth clients read 0 as "for ever".
   */
  expiresIn(life: Millis, remaining: Millis): Seconds | null {
    const whole = Math.floor(remaining / 1000);
    return whole >= 1 && whole * 1000 >= this.margin(life) ? seconds(whole) : null;
  }
}
