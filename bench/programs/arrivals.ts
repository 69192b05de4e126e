const EXPECTED = Buffer.from('HTTP/1.1 200 ');

/** The arrival times of a number of responses, each in one chunk. */
export class Arrivals {
  /** Epoch milliseconds with fractions. Rejects if one response is not a 200. */
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

  /** Records the time of a response. Returns true, so that `onread` continues to read. */
  note(answer: Buffer): boolean {
    this.#times.push(performance.timeOrigin + performance.now());
    if (EXPECTED.compare(answer, 0, EXPECTED.length) !== 0) {
      this.fail(new Error(`unexpected response: ${answer.toString('latin1', 0, 40)}`));
    } else if (this.#times.length === this.#count) this.#resolve(this.#times);
    return true;
  }

  /** Has no effect after all responses have arrived. */
  fail(reason: Error): void {
    this.#reject(reason);
  }
}
