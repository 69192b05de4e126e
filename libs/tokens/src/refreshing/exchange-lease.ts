import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { StandaloneBudget } from './standalone-budget.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import { millis, type Millis } from '../model/units.ts';

/** How long a process that finds the lease taken waits before it asks again; it hears of the new token long before. */
const MAX_PAUSE = 1_000;

interface ExchangeLeaseParts {
  readonly sync: StoreSync;
  readonly budget: StandaloneBudget;
  readonly clock: Clock;
}

interface Turn {
  /** How long others must keep off at most. */
  readonly holdFor: Millis;
  /** Of the token at stake, null where none was ever held. */
  readonly life: Millis | null;
  readonly work: () => Promise<void>;
  /** Asked while the store is down, instead of the budget for that. */
  readonly mayGoAlone?: (() => boolean) | undefined;
}

/** Whose turn it is to exchange: of all processes on one store one at a time, each for itself while the store is down. */
export class ExchangeLease {
  readonly #parts: ExchangeLeaseParts;
  readonly #pausedUntil = new Map<CredentialName, number>();

  constructor(parts: ExchangeLeaseParts) {
    this.#parts = parts;
  }

  /** Whether somebody else was found at it just now. */
  isPaused(name: CredentialName): boolean {
    return this.#parts.clock.monotonic() < (this.#pausedUntil.get(name) ?? 0);
  }

  /**
   * Does the work if it is this process's turn, with the newest token of all processes at hand; otherwise leaves it to
   * whoever is at it. Says whether it was.
   */
  async take(name: CredentialName, { holdFor, life, work, mayGoAlone }: Turn): Promise<boolean> {
    const { sync, budget } = this.#parts;
    const lease = await sync.acquireLease(name, holdFor);
    if (lease === 'held') {
      this.#pause(name, life);
      return false;
    }
    try {
      // Who held the lease before may have published while this process waited for it.
      const isInStep = lease !== 'store-down' && (await sync.catchUp(name));
      const isOurs = isInStep || (mayGoAlone?.() ?? budget.spend(name, life));
      if (isOurs) await work();
      else this.#pause(name, life);
      return isOurs;
    } finally {
      if (lease !== 'store-down') await lease.release();
    }
  }

  forget(name: CredentialName): void {
    this.#pausedUntil.delete(name);
    this.#parts.budget.forget(name);
  }

  #pause(name: CredentialName, life: Millis | null): void {
    const pause = millis(Math.min(MAX_PAUSE, (life ?? Infinity) / 20));
    this.#pausedUntil.set(name, this.#parts.clock.monotonic() + pause);
  }
}
