/** Everything is checked once in so many polls, which come every second. */
const POLLS_PER_ROUND = 8;
/** So few are checked in one poll. */
const MIN_CHECKED = 64;

/**
 * Chooses the credentials of which one poll compares the generation in the store, so that a round costs
 * little per poll. A listing may be wrong: its records may be lost or damaged.
 */
export class LossCheck {
  #checked = 0;

  /** The next part of a round. */
  next<T>(all: readonly T[]): readonly T[] {
    const size = Math.max(MIN_CHECKED, Math.ceil(all.length / POLLS_PER_ROUND));
    const start = this.#checked < all.length ? this.#checked : 0;
    this.#checked = start + size;
    return all.slice(start, this.#checked);
  }
}
