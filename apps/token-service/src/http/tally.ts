/** Counts by key. Holds only keys whose count is not 0. */
export class Tally<K> {
  readonly #counts = new Map<K, number>();

  get(key: K): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: K, number: number): void {
    const count = this.get(key) + number;
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }
}
