const KEPT = 40;

/** What happened, in order: all of it, or the last few dozen lines. */
export class Trace {
  readonly #isFull: boolean;
  #lines: (readonly [step: number, at: number, what: string])[] = [];

  constructor(isFull: boolean) {
    this.#isFull = isFull;
  }

  note(step: number, at: number, what: string): void {
    this.#lines.push([step, at, what]);
    if (!this.#isFull && this.#lines.length > 50 * KEPT) this.#lines = this.#lines.slice(-KEPT);
  }

  toString(): string {
    const lines = this.#isFull ? this.#lines : this.#lines.slice(-KEPT);
    return lines.map(([step, at, what]) => `${step}`.padStart(6) + seconds(at) + what).join('\n');
  }
}

const seconds = (at: number): string => `${(at / 1000).toFixed(3)} s  `.padStart(16);
