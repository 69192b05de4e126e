import { SourceUnavailable, type Millis } from '#libs/tokens';

/**
 * Gives each look at a source a deadline. While one that overran is still stuck no other starts: on a network mount
 * that hangs each would hold one of the few threads that Node has for files, name look-ups and keys.
 */
export class BoundedLook {
  readonly #deadline: Millis;
  readonly #overdue: string;
  #isStuck = false;

  /** @param overdue what to tell people when the deadline has passed */
  constructor(deadline: Millis, overdue: string) {
    this.#deadline = deadline;
    this.#overdue = overdue;
  }

  /** @throws SourceUnavailable at the deadline, or at once while an earlier look is stuck; else what `look` throws */
  async run<T>(look: () => Promise<T>): Promise<T> {
    if (this.#isStuck) throw new SourceUnavailable(this.#overdue);
    const looking = look();
    const { promise: deadline, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#isStuck = true;
      const unstick = (): void => {
        this.#isStuck = false;
      };
      looking.then(unstick, unstick);
      reject(new SourceUnavailable(this.#overdue));
    }, this.#deadline);
    try {
      return await Promise.race([looking, deadline]);
    } finally {
      clearTimeout(timer);
    }
  }
}
