import type { CredentialName } from '../model/credential-name.ts';
import type { CredentialEntry } from '../serving/current-tokens.ts';

/** Every token is checked once in so many polls, which come every second. */
const POLLS_PER_ROUND = 8;
/** So few tokens are checked in one poll. */
const MIN_CHECKED = 64;

/** Chooses the tokens that one poll checks for loss in the store, so that a round costs little per poll. */
export class LossCheck {
  #checked = 0;

  /** The names and generations of the next part of a round. */
  next(all: readonly CredentialEntry[]): ReadonlyMap<CredentialName, number> {
    const entries = all.filter(({ cached }) => cached !== null);
    const size = Math.max(MIN_CHECKED, Math.ceil(entries.length / POLLS_PER_ROUND));
    const start = this.#checked < entries.length ? this.#checked : 0;
    this.#checked = start + size;
    return new Map(entries.slice(start, this.#checked).map(({ name, generation }) => [name, generation]));
  }
}
