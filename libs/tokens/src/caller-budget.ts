import type { Clock } from './clock.ts';
import type { CredentialName } from './credential-name.ts';
import { CALLERS_LIMITS, type ExchangeCause, type Spending } from './exchange-limits.ts';
import { SlidingBudget } from './sliding-budget.ts';
import type { StoreMirror } from './store-mirror.ts';
import { millis, type Millis } from './units.ts';

interface CallerBudgetParts {
  readonly mirror: StoreMirror;
  readonly clock: Clock;
}

/**
 * How many exchanges callers may cause. The store counts for all processes; what this one caused it counts as well,
 * so that a store that is down, or lost everything, gives no caller more than one budget a process.
 */
export class CallerBudget {
  readonly #mirror: StoreMirror;
  readonly #clock: Clock;
  readonly #own: SlidingBudget;
  /** On the monotonic clock: a window only slides, so what was refused stays refused until then. */
  readonly #refusedUntil = new Map<string, number>();

  constructor({ mirror, clock }: CallerBudgetParts) {
    this.#mirror = mirror;
    this.#clock = clock;
    this.#own = new SlidingBudget(clock);
  }

  /** How long this caller was told to wait, without asking anybody; 0 where it may be worth asking. */
  untilFree(name: CredentialName, cause: ExchangeCause, caller: string): Millis {
    const key = `${cause} ${name} ${caller}`;
    const left = (this.#refusedUntil.get(key) ?? 0) - this.#clock.monotonic();
    if (left > 0) return millis(left);
    this.#refusedUntil.delete(key);
    return this.#own.untilFree(`${cause} ${name}`, caller, CALLERS_LIMITS);
  }

  /** Takes one exchange out of the budget of all processes; with the store down, out of this one's. */
  async spend(name: CredentialName, cause: ExchangeCause, caller: string): Promise<Spending> {
    const key = `${cause} ${name}`;
    const retryAfter = this.#own.untilFree(key, caller, CALLERS_LIMITS);
    if (retryAfter > 0) return { granted: false, retryAfter, spentAt: [] };
    const shared = await this.#mirror.ask((store) =>
      store.spendExchange(name, cause, caller, CALLERS_LIMITS),
    );
    if (shared?.granted === false) {
      this.#refusedUntil.set(`${key} ${caller}`, this.#clock.monotonic() + shared.retryAfter);
      return shared;
    }
    const own = this.#own.spend(key, caller, CALLERS_LIMITS);
    return shared ?? own;
  }
}
