import type { CredentialName } from '../model/credential-name.ts';
import type { StoreListing } from '../ports/token-store.ts';

/** Why a token in the store could not be opened. */
export type UnreadableReason = 'tampered' | 'unknown-key';

/** The newest token of each credential that the store holds and this process could not open. */
export class UnreadableTokens {
  readonly #found = new Map<CredentialName, { generation: number; reason: UnreadableReason }>();

  /** Records one. Returns whether it was new. */
  note(name: CredentialName, generation: number, reason: UnreadableReason): boolean {
    if (this.has(name, generation)) return false;
    this.#found.set(name, { generation, reason });
    return true;
  }

  has(name: CredentialName, generation: number): boolean {
    return this.#found.get(name)?.generation === generation;
  }

  /** The generation of the recorded token; 0 where there is none. */
  generationOf(name: CredentialName): number {
    return this.#found.get(name)?.generation ?? 0;
  }

  /** The generation of a token that is sealed with a key unknown to this process; 0 where there is none. */
  unknownKeyGeneration(name: CredentialName): number {
    const found = this.#found.get(name);
    return found?.reason === 'unknown-key' ? found.generation : 0;
  }

  /** Forgets the tokens that the store no longer holds. */
  keepOnly(listing: ReadonlyMap<CredentialName, StoreListing>): void {
    for (const [name, { generation }] of this.#found) {
      if (listing.get(name)?.generation !== generation) this.#found.delete(name);
    }
  }
}
