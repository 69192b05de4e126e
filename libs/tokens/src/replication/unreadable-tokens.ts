import type { CredentialName } from '../model/credential-name.ts';
import type { StoreListing } from '../ports/token-store.ts';

/** Why a token in the store could not be opened. */
export type UnreadableReason = 'tampered' | 'unknown-key';

/** No process gets further ahead of another one in a lifetime. */
const MAX_LEAD = 1_000;
/** No credential gets so far: one exchange a second takes thirty years. */
const MAX_GENERATION = 1_000_000_000;

/**
 * Whether a process can have reached this generation. Nothing else proves the generation of a token that
 * cannot be opened.
 * @param own the generation that this process knows; 0 where it knows none
 */
const isPlausible = (generation: number, own: number): boolean =>
  generation <= (own === 0 ? MAX_GENERATION : own + MAX_LEAD);

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

  /**
   * The generation of the recorded token; 0 where there is none, or where no process can have reached it.
   * @param own the generation that this process knows
   */
  generationOf(name: CredentialName, own: number): number {
    const generation = this.#found.get(name)?.generation ?? 0;
    return isPlausible(generation, own) ? generation : 0;
  }

  /** The same for a token that is sealed with a key unknown to this process. */
  unknownKeyGeneration(name: CredentialName, own: number): number {
    return this.#found.get(name)?.reason === 'unknown-key' ? this.generationOf(name, own) : 0;
  }

  /** Forgets the tokens that the store no longer holds. */
  keepOnly(listing: ReadonlyMap<CredentialName, StoreListing>): void {
    for (const [name, { generation }] of this.#found) {
      if (listing.get(name)?.generation !== generation) this.#found.delete(name);
    }
  }
}
