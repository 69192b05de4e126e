/** Runs one piece of work at a time. Callers that arrive while it runs share its result. */
export class SingleFlight<T> {
  #running: Promise<T> | null = null;

  get isRunning(): boolean {
    return this.#running !== null;
  }

  run(work: () => Promise<T>): Promise<T> {
    return (this.#running ??= work().finally(() => {
      this.#running = null;
    }));
  }
}
