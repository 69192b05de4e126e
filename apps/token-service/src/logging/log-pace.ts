/** In milliseconds. */
const INTERVAL = 60_000;

/** Lets one log line of each kind pass per minute, for events that an attacker can cause at any rate. */
export class LogPace {
  readonly #last = new Map<string, number>();
  readonly #now: () => number;

  /** @param now milliseconds of a monotonic clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Whether a line of this kind may be written now; counts it if so. */
  allows(kind: string): boolean {
    const now = this.#now();
    if (now - (this.#last.get(kind) ?? -Infinity) < INTERVAL) return false;
    this.#last.set(kind, now);
    return true;
  }
}
