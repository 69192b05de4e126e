import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { CALLERS_LIMITS, type ExchangeCause, type Spending } from '../model/exchange-limits.ts';
import { SlidingBudget } from './sliding-budget.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import { millis, type Millis } from '../model/units.ts';

interface CallerExchangeBudgetParts {
  readonly sync: StoreSync;
  readonly clock: Clock;
}

/**
 * How many exchanges callers may cause. The store counts for all processes; what this one caused it counts as well,
 * so that a store that is down, or lost everything, gives no caller more than one budget a process.
 */
export class CallerExchangeBudget {
  readonly #sync: StoreSync;
  readonly #clock: Clock;
  readonly #own: SlidingBudget;
  /** On the monotonic clock, of a caller or of all: a window only slides, so what was refused stays refused until then. */
  readonly #refusedUntil = new Map<string, number>();

  constructor({ sync, clock }: CallerExchangeBudgetParts) {
    this.#sync = sync;
    this.#clock = clock;
    this.#own = new SlidingBudget(clock);
  }

  /** How long this caller must wait as far as is known here, without asking anybody; 0 where it may be worth asking. */
  untilFree(name: CredentialName, cause: ExchangeCause, caller: string): Millis {
    const key = `${cause} ${name}`;
    const refused = Math.max(this.#refusal(key), this.#refusal(`${key} ${caller}`));
    return millis(Math.max(refused, this.#own.untilFree(key, caller, CALLERS_LIMITS)));
  }

  /** Takes one exchange out of the budget of all processes; with the store down, out of this one's. */
  async spend(name: CredentialName, cause: ExchangeCause, caller: string): Promise<Spending> {
    const key = `${cause} ${name}`;
    const wait = this.untilFree(name, cause, caller);
    if (wait > 0) return { granted: false, retryAfter: wait, allMustWait: millis(0), spentAt: [] };
    const shared = await this.#sync.ask((store) => store.spendExchange(name, cause, caller, CALLERS_LIMITS));
    if (shared !== null) {
      this.#refuse(key, shared.allMustWait);
      if (!shared.granted) this.#refuse(`${key} ${caller}`, shared.retryAfter);
      if (!shared.granted) return shared;
    }
    const own = this.#own.spend(key, caller, CALLERS_LIMITS);
    return shared ?? own;
  }

  #refuse(key: string, wait: Millis): void {
    if (wait > 0) this.#refusedUntil.set(key, this.#clock.monotonic() + wait);
  }

  #refusal(key: string): number {
    const left = (this.#refusedUntil.get(key) ?? 0) - this.#clock.monotonic();
    if (left <= 0) this.#refusedUntil.delete(key);
    return Math.max(0, left);
  }
}
