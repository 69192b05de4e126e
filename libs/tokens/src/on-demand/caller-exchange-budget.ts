import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { CALLERS_LIMITS, type ExchangeCause, type Spending } from '../model/exchange-limits.ts';
import { millis, type Millis } from '../model/units.ts';
import type { StoreLink } from '../replication/store-link.ts';
import { SlidingBudget } from '../model/sliding-budget.ts';

interface CallerExchangeBudgetParts {
  readonly link: StoreLink;
  readonly clock: Clock;
}

/**
 * Limits the exchanges that callers may cause. The store counts for all processes. This process counts its
 * own as well, so that a store that is down or lost its data gives a caller no more than one budget per
 * process.
 */
export class CallerExchangeBudget {
  readonly #link: StoreLink;
  readonly #clock: Clock;
  readonly #own: SlidingBudget;
  /**
   * Refusals of the store by caller, and by credential for all callers, on the monotonic clock. The window
   * only slides, so a refusal holds until then.
   */
  readonly #refusedUntil = new Map<string, number>();

  constructor({ link, clock }: CallerExchangeBudgetParts) {
    this.#link = link;
    this.#clock = clock;
    this.#own = new SlidingBudget(clock);
  }

  /** How long this caller must wait as far as this process knows; 0 where asking the store may help. */
  untilFree(name: CredentialName, cause: ExchangeCause, caller: string): Millis {
    const key = `${cause} ${name}`;
    const refused = Math.max(this.#refusal(key), this.#refusal(`${key} ${caller}`));
    return millis(Math.max(refused, this.#own.untilFree(key, caller, CALLERS_LIMITS)));
  }

  /**
   * Takes one exchange out of the budget of all processes; while the store is down, out of that of this
   * process.
   */
  async spend(name: CredentialName, cause: ExchangeCause, caller: string): Promise<Spending> {
    const key = `${cause} ${name}`;
    const wait = this.untilFree(name, cause, caller);
    if (wait > 0) return { granted: false, retryAfter: wait, allMustWait: millis(0), spentAt: [] };
    const shared = await this.#link.ask((store) => store.spendExchange(name, cause, caller, CALLERS_LIMITS));
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
