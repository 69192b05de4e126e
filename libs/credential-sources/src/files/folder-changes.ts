import { watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';

/** In milliseconds. An editor that writes a file causes several events; most come within this time. */
const DEBOUNCE = 75;

/**
 * Hints of changes in a folder, from the operating system. Some file systems send none, so the service also
 * polls.
 */
export class FolderChanges {
  readonly #folder: string;
  readonly #hints = new Set<() => void>();
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Calls `hint` shortly after changes, until the returned function is called. Never throws, also without a
   * folder.
   */
  subscribe(hint: () => void): () => void {
    const own = (): void => hint();
    this.#hints.add(own);
    void this.rearm();
    return () => {
      this.#hints.delete(own);
      if (this.#hints.size === 0) this.#disarm();
    };
  }

  /**
   * Watches the folder that has the path now: a watch follows a folder that was moved, deleted or unmounted.
   */
  async rearm(): Promise<void> {
    if (this.#hints.size === 0) return;
    try {
      // `watch` blocks the whole process when the mount hangs; `stat` waits in a thread.
      await stat(this.#folder);
      if (this.#hints.size === 0) return;
      const watcher = watch(this.#folder, { persistent: false }, () => this.#changed());
      watcher.on('error', () => watcher.close());
      this.#watcher?.close();
      this.#watcher = watcher;
    } catch {
      // The folder is missing, or the system has no watch left. The polls find the changes.
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
