import { SourceUnavailable, withDeadline, type Millis } from '#libs/tokens';

/**
 * Gives each read of a folder a deadline, and starts no other while an overdue one is still blocked. On a
 * network mount that hangs, each read would block one of the few threads that Node has for files, DNS and
 * keys.
 */
export class BoundedRead {
  readonly #deadline: Millis;
  readonly #overdue: string;
  #isBlocked = false;

  /** @param overdue the message of SourceUnavailable at the deadline */
  constructor(deadline: Millis, overdue: string) {
    this.#deadline = deadline;
    this.#overdue = overdue;
  }

  /**
   * @throws SourceUnavailable at the deadline, or at once while an earlier read is blocked; else the error of
   * `read`
   */
  async run<T>(read: () => Promise<T>): Promise<T> {
    if (this.#isBlocked) throw new SourceUnavailable(this.#overdue);
    const reading = read();
    return withDeadline(this.#deadline, reading, () => {
      this.#isBlocked = true;
      const unblock = (): void => {
        this.#isBlocked = false;
      };
      reading.then(unblock, unblock);
      return new SourceUnavailable(this.#overdue);
    });
  }
}
