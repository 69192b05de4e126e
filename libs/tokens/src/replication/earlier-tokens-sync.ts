import type { CredentialName } from '../model/credential-name.ts';
import type { TokenStore } from '../ports/token-store.ts';
import { MAX_EARLIER_TOKENS, type EarlierTokens } from '../serving/earlier-tokens.ts';
import { forEachConcurrently } from './concurrency.ts';
import { LossCheck } from './loss-check.ts';
import { answerOf } from './store-link.ts';

/** Writes back earlier tokens that the store has lost, so that each can be revoked until it expires. */
export class EarlierTokensSync {
  readonly #store: TokenStore;
  readonly #earlier: EarlierTokens;
  readonly #lossCheck = new LossCheck();

  constructor(store: TokenStore, earlier: EarlierTokens) {
    this.#store = store;
    this.#earlier = earlier;
  }

  /**
   * Compares the next part of a round with the store.
   * @throws StoreUnavailable
   */
  async check(): Promise<void> {
    const names = this.#lossCheck.next(this.#earlier.names());
    if (names.length === 0) return;
    const stored = await answerOf(this.#store.earlierGenerations(names));
    await forEachConcurrently(names, (name) => this.#restore(name, new Set(stored.get(name))));
  }

  async #restore(name: CredentialName, stored: ReadonlySet<number>): Promise<void> {
    if (stored.size >= MAX_EARLIER_TOKENS) return;
    const lost = this.#earlier.of(name).filter(({ record }) => !stored.has(record.generation));
    if (lost.length > 0)
      await answerOf(
        this.#store.restoreEarlier(
          name,
          lost.map(({ record }) => record),
        ),
      );
  }
}
