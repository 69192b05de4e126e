/** Enough to see how requests fare, too few to cost any of them anything. */
const MAX_PER_SECOND = 20;

/** Which requests begin a trace of their own: of those that are part of none, a bounded number a second. */
export class RootSpanLimiter {
  readonly #isBounded: boolean;
  readonly #now: () => number;
  #second = 0;
  #left = MAX_PER_SECOND;

  /**
   * @param sampler `OTEL_TRACES_SAMPLER`: who sets it has said which traces to keep
   * @param now milliseconds on a monotonic clock
   */
  constructor(sampler: string | undefined, now: () => number = () => performance.now()) {
    this.#isBounded = sampler === undefined || sampler === '';
    this.#now = now;
  }

  /** Whether one more may begin now. */
  mayBegin(): boolean {
    if (!this.#isBounded) return true;
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#left = MAX_PER_SECOND;
    }
    this.#left -= 1;
    return this.#left >= 0;
  }
}
