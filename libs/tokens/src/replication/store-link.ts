import type { CredentialName } from '../model/credential-name.ts';
import { withDeadline } from '../model/deadline.ts';
import type { TokenEventListener } from '../model/events.ts';
import { millis, type Millis } from '../model/units.ts';
import { outageReason } from '../ports/outage-reason.ts';
import { StoreUnavailable, type Lease, type TokenStore } from '../ports/token-store.ts';

/** Longer than the deadline of any adapter. */
const STORE_TIMEOUT = millis(10_000);

/** The answer of the store, or nothing while it is down. */
type StoreAnswer<T> = { readonly answered: true; readonly value: T } | { readonly answered: false };

/**
 * The way to the store, and whether it answers. The listener hears each change. No error of a store passes
 * this class.
 */
export class StoreLink {
  readonly #store: TokenStore;
  readonly #listener: TokenEventListener;
  #isUp: boolean | null = null;

  constructor(store: TokenStore, listener: TokenEventListener) {
    this.#store = store;
    this.#listener = listener;
  }

  /** Whether the store did not answer when it was asked last. */
  get isDown(): boolean {
    return this.#isUp === false;
  }

  /** Asks the store, unless it is known to be down. Null where it is down. */
  async ask<T>(question: (store: TokenStore) => Promise<T>): Promise<T | null> {
    const answer = await this.#whileUp(() => answerOf(question(this.#store)));
    return answer.answered ? answer.value : null;
  }

  /**
   * Does work that asks the store several times, unless it is known to be down. Returns whether the store
   * answered.
   */
  async run(work: (store: TokenStore) => Promise<unknown>): Promise<boolean> {
    return (await this.#whileUp(() => work(this.#store))).answered;
  }

  /** Does work that asks the store, even while it is known to be down. Returns whether the store answered. */
  async probe(work: (store: TokenStore) => Promise<void>): Promise<boolean> {
    return (await this.#attempt(() => work(this.#store))).answered;
  }

  /**
   * Acquires the lease on a credential: `held` where another process has it, `store-down` where no store
   * answers.
   */
  async acquireLease(name: CredentialName, holdFor: Millis): Promise<Lease | 'held' | 'store-down'> {
    const answer = await this.#whileUp(() => answerOf(this.#store.acquireLease(name, holdFor)));
    if (!answer.answered) return 'store-down';
    const lease = answer.value;
    if (lease === null) return 'held';
    // A release that the store does not answer delays others only until the lease expires.
    return { release: () => answerOf(lease.release()).catch(() => undefined) };
  }

  async #whileUp<T>(work: () => Promise<T>): Promise<StoreAnswer<T>> {
    return this.#isUp === false ? { answered: false } : this.#attempt(work);
  }

  async #attempt<T>(work: () => Promise<T>): Promise<StoreAnswer<T>> {
    try {
      const value = await work();
      if (this.#isUp !== true) this.#listener({ type: 'store.up' });
      this.#isUp = true;
      return { answered: true, value };
    } catch (error) {
      if (this.#isUp !== false) this.#listener({ type: 'store.down', reason: outageReason(error) });
      this.#isUp = false;
      return { answered: false };
    }
  }
}

/** The answer of the store, or StoreUnavailable where an adapter misses its own deadline. */
export const answerOf = <T>(answer: Promise<T>): Promise<T> =>
  withDeadline(STORE_TIMEOUT, answer, () => new StoreUnavailable('The token store did not answer in time.'));
