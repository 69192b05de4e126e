/** The time IMS believes it is: the handed-in clock, shifted for the requests a clock fault applies to. */
export class SandboxClock {
  readonly #nowMs: () => number;
  readonly #shifts = new WeakMap<object, number>();

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  nowMs(request?: object): number {
    return this.#nowMs() + (request === undefined ? 0 : (this.#shifts.get(request) ?? 0));
  }

  shift(request: object, offsetMs: number): void {
    this.#shifts.set(request, offsetMs);
  }
}
