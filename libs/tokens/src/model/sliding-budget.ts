import type { Clock } from './clock.ts';
import type { ExchangeLimits, Spending } from './exchange-limits.ts';
import { untilFree } from './sliding-window.ts';
import { later, millis, type Millis } from './units.ts';

interface Spent {
  readonly at: number;
  readonly caller: string;
}

/**
 * Budgets in this process's memory, over a window that slides by the monotonic clock: setting the other one
 * frees nothing.
 */
export class SlidingBudget {
  readonly #clock: Clock;
  readonly #spent = new Map<string, readonly Spent[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one exchange out of the budget `key`, if both the caller's share and the whole allow it. */
  spend(key: string, caller: string, limits: ExchangeLimits): Spending {
    const retryAfter = this.untilFree(key, caller, limits);
    const granted = retryAfter === 0;
    if (granted)
      this.#spent.set(key, [...this.#recent(key, limits), { at: this.#clock.monotonic(), caller }]);
    const recent = this.#recent(key, limits);
    const [now, monotonic] = [this.#clock.now(), this.#clock.monotonic()];
    const spentAt = recent.map(({ at }) => later(now, millis(at - monotonic)));
    return { granted, retryAfter, allMustWait: this.#wait(recent, limits.perCredential, limits), spentAt };
  }

  /** How long until this caller may cause an exchange; 0 where it may now. */
  untilFree(key: string, caller: string, limits: ExchangeLimits): Millis {
    const recent = this.#recent(key, limits);
    const own = recent.filter((each) => each.caller === caller);
    return millis(
      Math.max(this.#wait(own, limits.perCaller, limits), this.#wait(recent, limits.perCredential, limits)),
    );
  }

  #wait(spent: readonly Spent[], most: number, { window }: ExchangeLimits): Millis {
    return untilFree(spent.at(-most)?.at, window, this.#clock.monotonic());
  }

  #recent(key: string, { window }: ExchangeLimits): readonly Spent[] {
    const since = this.#clock.monotonic() - window;
    return (this.#spent.get(key) ?? []).filter(({ at }) => at > since);
  }
}
