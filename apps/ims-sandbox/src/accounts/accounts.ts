import type { Account } from './account.ts';

/** The accounts of this IMS, by client id. */
export class Accounts {
  readonly #byClientId = new Map<string, Account>();

  constructor(known: readonly Account[] = []) {
    for (const account of known) this.#byClientId.set(account.clientId, account);
  }

  find(clientId: string): Account | undefined {
    return this.#byClientId.get(clientId);
  }

  put(account: Account): void {
    this.#byClientId.set(account.clientId, account);
  }

  delete(clientId: string): void {
    this.#byClientId.delete(clientId);
  }

  all(): readonly Account[] {
    return [...this.#byClientId.values()];
  }
}
