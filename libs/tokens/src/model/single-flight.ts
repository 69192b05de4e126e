/**
 * Runs work once per key at a time: a call while the same key is running joins that run and gets its result.
 */
export class SingleFlight<Key, Result> {
  readonly #running = new Map<Key, Promise<Result>>();

  /** How many keys are running. */
  get size(): number {
    return this.#running.size;
  }

  /** The run of this key; undefined while there is none. */
  get(key: Key): Promise<Result> | undefined {
    return this.#running.get(key);
  }

  /** All runs. */
  all(): Promise<Result>[] {
    return [...this.#running.values()];
  }

  /** Joins the run of this key, or starts `work` as one. */
  run(key: Key, work: () => Promise<Result>): Promise<Result> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const started = work().finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }
}
