/**
 * A value that is read again each time it is needed. While reading fails, the last good value stays in force.
 */
export class LastGood<T> {
  readonly #read: () => T;
  readonly #onChange: (problem: string | null) => void;
  #value: T;
  #isGood = true;

  /**
   * Reads the first value.
   * @param onChange hears the first problem after a good value, and null at the next good value
   * @throws the error of `read`: there is no earlier value
   */
  constructor(read: () => T, onChange: (problem: string | null) => void) {
    this.#read = read;
    this.#onChange = onChange;
    this.#value = read();
  }

  get(): T {
    try {
      this.#value = this.#read();
      if (!this.#isGood) this.#onChange(null);
      this.#isGood = true;
    } catch (error) {
      if (this.#isGood) this.#onChange(error instanceof Error ? error.message : String(error));
      this.#isGood = false;
    }
    return this.#value;
  }
}
