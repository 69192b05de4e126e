import type { CredentialName } from '../model/credential-name.ts';
import type { CredentialEntry } from '../serving/current-tokens.ts';

/** Every credential is checked once in so many polls, which come every second. */
const POLLS_PER_ROUND = 8;
/** So few are checked in one poll. */
const MIN_CHECKED = 64;

/**
 * Chooses the credentials of which one poll compares the generation in the store, so that a round costs
 * little per poll. A listing may be wrong: its records may be lost or damaged.
 */
export class LossCheck {
  #checked = 0;

  /** The names and generations of the next part of a round. */
  next(entries: readonly CredentialEntry[]): ReadonlyMap<CredentialName, number> {
    const size = Math.max(MIN_CHECKED, Math.ceil(entries.length / POLLS_PER_ROUND));
    const start = this.#checked < entries.length ? this.#checked : 0;
    this.#checked = start + size;
    return new Map(entries.slice(start, this.#checked).map(({ name, generation }) => [name, generation]));
  }
}
