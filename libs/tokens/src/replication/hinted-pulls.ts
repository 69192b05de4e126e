import type { CredentialName } from '../model/credential-name.ts';

/** Pulls a credential once for all hints that come meanwhile, and again for a later generation. */
export class HintedPulls {
  readonly #pull: (name: CredentialName) => Promise<unknown>;
  /** The highest generation that a hint named, for credentials that are being pulled because of it. */
  readonly #hinted = new Map<CredentialName, number>();

  /** @param pull reads one credential from the store; never rejects */
  constructor(pull: (name: CredentialName) => Promise<unknown>) {
    this.#pull = pull;
  }

  /** Notes a hint, and starts a pull unless one is running. */
  hint(name: CredentialName, generation: number): void {
    const isPulling = this.#hinted.has(name);
    this.#hinted.set(name, Math.max(generation, this.#hinted.get(name) ?? 0));
    if (!isPulling) void this.#pullAll(name);
  }

  async #pullAll(name: CredentialName): Promise<void> {
    let pulled: number | undefined;
    do {
      pulled = this.#hinted.get(name);
      await this.#pull(name);
    } while (this.#hinted.get(name) !== pulled);
    this.#hinted.delete(name);
  }
}
