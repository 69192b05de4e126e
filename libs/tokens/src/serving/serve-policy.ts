import { seconds, toMillis, type Millis, type Seconds } from '../model/units.ts';

/** Decides whether a token has enough life left to be handed out. Every route that serves tokens uses it. */
export class ServePolicy {
  readonly #minServe: Millis;

  /**
   * @param minServe the margin; tokens whose lifetime is below ten times that have a tenth of their lifetime
   */
  constructor(minServe: Seconds = seconds(60)) {
    this.#minServe = toMillis(minServe);
  }

  /** The life that a token must still have. */
  margin(life: Millis): Millis {
    return Math.min(this.#minServe, life / 10) as Millis;
  }

  /**
   * The whole seconds that a caller may count on, as `expires_in` states them (RFC 6749 §5.1), or null where
   * the token must not be handed out. Never 0 or less: OAuth clients read 0 as "for ever".
   */
  expiresIn(life: Millis, remaining: Millis): Seconds | null {
    const whole = Math.floor(remaining / 1000) as Seconds;
    return whole >= 1 && whole * 1000 >= this.margin(life) ? whole : null;
  }
}
