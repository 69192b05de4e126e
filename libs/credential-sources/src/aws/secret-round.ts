import type { CredentialName } from '#libs/tokens';

import type { DocumentCache } from '../documents/document-cache.ts';
import { hasNoCurrent, withCurrent, type ListedSecret } from './listed-secret.ts';
import { isGone, NO_CURRENT_VERSION, type SecretReading } from './secret-reading.ts';

/** Why one secret can't be read. */
export type SecretRefusal = Pick<Extract<SecretReading, { status: 'refused' }>, 'code' | 'denial'>;

/** One round of reading: which secrets there are, and what became of the read of each. */
export class SecretRound {
  readonly #secrets: Map<CredentialName, ListedSecret>;
  readonly #refusals: Map<CredentialName, SecretRefusal>;
  readonly #documents: DocumentCache;
  readonly #isNamed: boolean;

  /**
   * @param found the secrets of a listing, or those that the configuration names
   * @param documents gets each document that is read
   * @param isNamed whether the configuration names them
   */
  constructor(found: ReadonlyMap<CredentialName, ListedSecret>, documents: DocumentCache, isNamed: boolean) {
    this.#secrets = new Map(found);
    this.#refusals = new Map(
      [...found.values()].filter(hasNoCurrent).map(({ name }) => [name, { code: NO_CURRENT_VERSION }]),
    );
    this.#documents = documents;
    this.#isNamed = isNamed;
  }

  /** The secrets as far as they are known. */
  get secrets(): ReadonlyMap<CredentialName, ListedSecret> {
    return this.#secrets;
  }

  refusalOf(name: CredentialName): SecretRefusal | null {
    return this.#refusals.get(name) ?? null;
  }

  /**
   * The secrets to read: those with another version than the cached one, and those that this round omits. A
   * listing may omit a secret that exists, so its value decides before it counts as removed.
   * @param before the secrets of the last round
   */
  unread(before: ReadonlyMap<CredentialName, ListedSecret>): readonly ListedSecret[] {
    const changed = [...this.#secrets.values()].filter(
      (secret) => !hasNoCurrent(secret) && !this.#isCached(secret),
    );
    const omitted = [...before.values()].filter(({ name }) => !this.#secrets.has(name));
    return [...changed, ...omitted];
  }

  take(secret: ListedSecret, reading: SecretReading): void {
    const { name } = secret;
    if (reading.status === 'read') {
      this.#documents.read(name, reading.version, reading.document);
      if (!this.#secrets.has(name)) this.#secrets.set(name, withCurrent(secret, reading.version));
      return;
    }
    this.#refusals.set(name, reading);
    if (!isGone(reading.code)) {
      if (!this.#secrets.has(name)) this.#secrets.set(name, secret);
      // A name in the configuration that never had a value is a mistake, and stays visible as a problem.
    } else if (this.#isNamed && this.#documents.recall(name) !== null) this.#secrets.delete(name);
  }

  #isCached({ name, versions }: ListedSecret): boolean {
    const cached = this.#documents.recall(name);
    return cached !== null && cached.version === versions?.AWSCURRENT;
  }
}
