/** Few enough that tracing costs no measurable time. */
const MAX_PER_SECOND = 20;

/** Limits the requests that begin a trace of their own, to a number per second. */
export class RootSpanLimiter {
  readonly #isBounded: boolean;
  readonly #now: () => number;
  #second = 0;
  #left = MAX_PER_SECOND;

  /**
   * @param sampler `OTEL_TRACES_SAMPLER`; where it is set, the sampler decides and nothing is limited
   * @param now milliseconds on a monotonic clock
   */
  constructor(sampler: string | undefined, now: () => number = () => performance.now()) {
    this.#isBounded = sampler === undefined || sampler === '';
    this.#now = now;
  }

  /** Whether one more trace may begin now. */
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
