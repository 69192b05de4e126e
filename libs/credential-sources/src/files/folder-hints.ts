import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Writing a file takes an editor several events; by then it is done with most. */
const DEBOUNCE = 75;

/** Hints that something in a folder changed, as the operating system tells them. It may tell nothing, so nobody may rely on them. */
export class FolderHints {
  readonly #folder: string;
  readonly #hints = new Set<() => void>();
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Calls `hint` a moment after changes, until the returned function is called. Never throws, whatever state the folder is in. */
  subscribe(hint: () => void): () => void {
    const own = (): void => hint();
    this.#hints.add(own);
    void this.rearm();
    return () => {
      this.#hints.delete(own);
      if (this.#hints.size === 0) this.#disarm();
    };
  }

  /** Watches the folder that has the path now: a watch stays with a folder that was moved away, deleted or unmounted. */
  async rearm(): Promise<void> {
    if (this.#hints.size === 0) return;
    try {
      // `watch` itself would hold up the whole process where the mount hangs; this waits in a thread.
      await stat(this.#folder);
      if (this.#hints.size === 0) return;
      const watcher = watch(this.#folder, { persistent: false }, () => this.#changed());
      watcher.on('error', () => watcher.close());
      this.#watcher?.close();
      this.#watcher = watcher;
    } catch {
      // The folder is missing, or the system's watches are used up: looks at intervals find the changes.
      this.#watcher?.close();
      this.#watcher = null;
    }
  }

  #changed(): void {
    if (this.#timer !== null || this.#hints.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      for (const hint of this.#hints) hint();
    }, DEBOUNCE).unref();
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#watcher?.close();
    this.#watcher = null;
  }
}
