import type { Clock } from './clock.ts';
import type { ExchangeLimits, Spending } from './exchange-limits.ts';
import { later, millis, type Millis } from './units.ts';

interface Spent {
  readonly at: number;
  readonly caller: string;
}

/** Budgets in this process's memory, over a window that slides by the monotonic clock: setting the other one frees nothing. */
export class SlidingBudget {
  readonly #clock: Clock;
  readonly #spent = new Map<string, readonly Spent[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one exchange out of the budget `key`, if both the caller's share and the whole allow it. */
  spend(key: string, caller: string, limits: ExchangeLimits): Spending {
    const retryAfter = this.untilFree(key, caller, limits);
    if (retryAfter === 0) {
      this.#spent.set(key, [...this.#recent(key, limits), { at: this.#clock.monotonic(), caller }]);
    }
    const now = this.#clock.now();
    const spentAt = this.#recent(key, limits).map(({ at }) =>
      later(now, millis(at - this.#clock.monotonic())),
    );
    return { granted: retryAfter === 0, retryAfter, spentAt };
  }

  /** How long until this caller may cause one; 0 where it may now. */
  untilFree(key: string, caller: string, { perCaller, perCredential, window }: ExchangeLimits): Millis {
    const recent = this.#recent(key, { perCaller, perCredential, window });
    const own = recent.filter((each) => each.caller === caller);
    const blocking = [own.at(-perCaller), recent.at(-perCredential)].map((each) => each?.at ?? -Infinity);
    return millis(Math.max(0, Math.max(...blocking) + window - this.#clock.monotonic()));
  }

  #recent(key: string, { window }: ExchangeLimits): readonly Spent[] {
    const since = this.#clock.monotonic() - window;
    return (this.#spent.get(key) ?? []).filter(({ at }) => at > since);
  }
}
