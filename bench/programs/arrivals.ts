const EXPECTED = Buffer.from('HTTP/1.1 200 ');

/** When the answers to so many requests came, each in one piece. */
export class Arrivals {
  /** In milliseconds since 1970, with fractions; rejects if any of them is no such answer. */
  readonly all: Promise<readonly number[]>;
  readonly #count: number;
  readonly #times: number[] = [];
  readonly #resolve: (times: readonly number[]) => void;
  readonly #reject: (reason: Error) => void;

  constructor(count: number) {
    const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
    promise.catch(() => undefined);
    this.all = promise;
    this.#count = count;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Takes the time of one. Says that more may be read, as `onread` wants to hear. */
  note(answer: Buffer): boolean {
    this.#times.push(performance.timeOrigin + performance.now());
    if (EXPECTED.compare(answer, 0, EXPECTED.length) !== 0) {
      this.fail(new Error(`not the answer this benchmark is about: ${answer.toString('latin1', 0, 40)}`));
    } else if (this.#times.length === this.#count) this.#resolve(this.#times);
    return true;
  }

  /** What comes once all are there changes nothing. */
  fail(reason: Error): void {
    this.#reject(reason);
  }
}
