/** Receives why a complete listing has no credential, once per change. Must not throw. */
export type EmptySourceListener = (diagnosis: string) => void;

/** Reports a listing without credentials, and again only when its reason changes or after one with some. */
export class EmptySource {
  readonly #listener: EmptySourceListener;
  #last: string | null = null;

  constructor(listener: EmptySourceListener = () => undefined) {
    this.#listener = listener;
  }

  /** Why the last listing has no credential; null where it has some. */
  get diagnosis(): string | null {
    return this.#last;
  }

  /** @param diagnosis null for a listing with credentials */
  notice(diagnosis: string | null): void {
    if (diagnosis !== null && diagnosis !== this.#last) this.#listener(diagnosis);
    this.#last = diagnosis;
  }
}
