import type { TokenEventListener } from '../model/events.ts';
import { outageReason } from '../ports/outage-reason.ts';
import { StoreUnavailable } from '../ports/token-store.ts';
import { millis } from '../model/units.ts';
import { withDeadline } from '../model/deadline.ts';

/** Above any adapter's own deadline. */
const STORE_TIMEOUT = millis(10_000);

/** Whether the store answers, told to the listener at each change. Whatever a store throws ends here. */
export class StoreLink {
  readonly #listener: TokenEventListener;
  #isUp: boolean | null = null;

  constructor(listener: TokenEventListener) {
    this.#listener = listener;
  }

  /** Does what talks to the store, unless it is known to be down: then nobody waits for it. Says whether that went well. */
  async whileUp(work: () => Promise<void>): Promise<boolean> {
    return this.#isUp !== false && (await this.probe(work));
  }

  /** Does what talks to the store even if it was down. Says whether that went well. */
  async probe(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      if (this.#isUp !== false) this.#listener({ type: 'store.down', reason: outageReason(error) });
      this.#isUp = false;
      return false;
    }
    if (this.#isUp !== true) this.#listener({ type: 'store.up' });
    this.#isUp = true;
    return true;
  }
}

/** The store's answer, or StoreUnavailable where it forgot its deadline. */
export const answerOf = <T>(answer: Promise<T>): Promise<T> =>
  withDeadline(STORE_TIMEOUT, answer, () => new StoreUnavailable('The token store did not answer in time.'));
