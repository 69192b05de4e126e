import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { Millis } from '../model/units.ts';
import type { CacheRestore } from '../replication/cache-restore.ts';
import type { CacheWriter } from '../replication/cache-writer.ts';

const EXCHANGES = 12;
const WINDOW = 60 * 60 * 1000;

interface StandaloneBudgetParts {
  readonly clock: Clock;
  readonly cacheRestore: CacheRestore;
  readonly cacheWriter: CacheWriter;
}

/**
 * Limits the tokens that one process mints while no store keeps it in step with others: twelve per credential
 * in an hour, or in a token's lifetime where that is shorter. A fuse and no schedule: normal operation does
 * not come near it. With a cache, the processes of a crash loop share one budget.
 */
export class StandaloneBudget {
  readonly #parts: StandaloneBudgetParts;
  /** When tokens were minted, on the monotonic clock. */
  readonly #spent = new Map<CredentialName, readonly Millis[]>();

  constructor(parts: StandaloneBudgetParts) {
    this.#parts = parts;
  }

  /**
   * Whether another token may be minted. Failed attempts are not charged: the back-off limits them.
   * @param life of the token at stake; null where none was ever cached
   */
  async allows(name: CredentialName, life: Millis | null): Promise<boolean> {
    return (await this.#recent(name, life)).length < EXCHANGES;
  }

  /**
   * Takes one exchange out of the budget, and waits until that is kept.
   * @returns gives it back, for an exchange that mints nothing
   */
  async charge(name: CredentialName): Promise<() => Promise<void>> {
    const at = this.#parts.clock.monotonic();
    await this.#keep(name, [...(await this.#recent(name, null)), at]);
    return async () => {
      const spent = await this.#recent(name, null);
      await this.#keep(name, spent.toSpliced(spent.lastIndexOf(at), spent.includes(at) ? 1 : 0));
    };
  }

  forget(name: CredentialName): void {
    this.#spent.set(name, []);
    void this.#parts.cacheWriter.keepSpent(name, []);
  }

  async #keep(name: CredentialName, spent: readonly Millis[]): Promise<void> {
    this.#spent.set(name, spent);
    await this.#parts.cacheWriter.keepSpent(name, spent);
  }

  async #recent(name: CredentialName, life: Millis | null): Promise<readonly Millis[]> {
    const { clock, cacheRestore } = this.#parts;
    const spent = this.#spent.get(name) ?? (await cacheRestore.spent(name));
    const since = clock.monotonic() - Math.min(WINDOW, life ?? WINDOW);
    return spent.filter((at) => at > since);
  }
}
