/** The clock of this IMS. A clock fault shifts it for single requests. */
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
