import type { StateFile } from './state-file.ts';
import type { StoredState } from './state-record.ts';

/** Keeps what must outlive a restart; writes go one after the other, each with the state of its own moment. */
export class StateKeeper {
  readonly #file: StateFile | undefined;
  readonly #snapshot: () => StoredState;
  #last: Promise<void> = Promise.resolve();

  constructor(file: StateFile | undefined, snapshot: () => StoredState) {
    this.#file = file;
    this.#snapshot = snapshot;
  }

  /** Resolves when the state as it is now is on disk; without a folder, at once. */
  save(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return Promise.resolve();
    const saved = this.#last.then(() => file.write(this.#snapshot()));
    this.#last = saved.catch(() => undefined);
    return saved;
  }

  /** Resolves when no write is under way. */
  idle(): Promise<void> {
    return this.#last;
  }
}
