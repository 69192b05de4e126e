import type { CredentialName } from '../model/credential-name.ts';
import { SingleFlight } from '../model/single-flight.ts';
import type { TokenRecord } from '../model/token-record.ts';
import type { TokenStore } from '../ports/token-store.ts';
import { answerOf } from './store-link.ts';

/** What is known of a token that a process finds in the store. */
export type FoundVerdict =
  | 'good'
  | 'revoked'
  /** It cannot be checked yet. */
  | 'undecided';

type FoundCheck = (record: TokenRecord) => Promise<FoundVerdict>;

/**
 * Judges a token that a process finds in the store before it knows any generation of that credential, as
 * after its start. The store may have been restored from an old snapshot: then it holds a token that was
 * revoked since. Later tokens are judged by their generations.
 */
export class FoundTokens {
  readonly #store: TokenStore;
  readonly #judging = new SingleFlight<string, FoundVerdict>();
  readonly #good = new Map<CredentialName, string>();
  readonly #revoked = new Map<CredentialName, TokenRecord>();
  #check: FoundCheck = async () => 'good';

  constructor(store: TokenStore) {
    this.#store = store;
  }

  /** Adds a check after that of the noted revocations, for processes that can ask IMS. */
  checkWith(check: FoundCheck): void {
    this.#check = check;
  }

  /** The generation of the revoked token that was found last; 0 where there is none. */
  revokedGeneration(name: CredentialName): number {
    return this.#revoked.get(name)?.generation ?? 0;
  }

  /** @throws StoreUnavailable */
  judge(record: TokenRecord): Promise<FoundVerdict> {
    const { name, token } = record;
    return this.#judging.run(`${name} ${token.sha256}`, async () => {
      if (this.#good.get(name) === token.sha256) return 'good';
      const verdict = await this.#judge(record);
      if (verdict === 'good') this.#good.set(name, token.sha256);
      if (verdict === 'revoked') this.#revoked.set(name, record);
      return verdict;
    });
  }

  async #judge(record: TokenRecord): Promise<FoundVerdict> {
    const { name, token } = record;
    if (this.#revoked.get(name)?.token.sha256 === token.sha256) return 'revoked';
    if (await answerOf(this.#store.isRevoked(name, token.sha256))) return 'revoked';
    return this.#check(record);
  }
}
