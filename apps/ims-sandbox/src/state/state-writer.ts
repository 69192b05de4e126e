import type { StateFile } from './state-file.ts';
import type { StoredState } from './state-record.ts';

/** Writes the state file: one write at a time, each with the state at its start. */
export class StateWriter {
  readonly #file: StateFile | undefined;
  readonly #snapshot: () => StoredState;
  #last: Promise<void> = Promise.resolve();

  constructor(file: StateFile | undefined, snapshot: () => StoredState) {
    this.#file = file;
    this.#snapshot = snapshot;
  }

  /** Resolves when the current state is on disk. Without a state folder it resolves at once. */
  save(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return Promise.resolve();
    const saved = this.#last.then(() => file.write(this.#snapshot()));
    this.#last = saved.catch(() => undefined);
    return saved;
  }

  /** Resolves when no write is in progress. */
  idle(): Promise<void> {
    return this.#last;
  }
}
