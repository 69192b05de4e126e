import type { CredentialName, StoredToken, TokenRecord } from '#libs/tokens';

import { openText, sealText, UnknownKey, type Place } from './sealed-text.ts';
import type { SealingKeys } from './sealing-keys.ts';
import { readTokenText, writeTokenText } from './token-text.ts';

/** Seals tokens for Redis, each for one place: key prefix, credential and generation. */
export class TokenSeal {
  readonly #keys: SealingKeys;
  readonly #prefix: string;

  constructor(keys: SealingKeys, prefix: string) {
    this.#keys = keys;
    this.#prefix = prefix;
  }

  seal(record: TokenRecord): Promise<string> {
    return sealText(this.#keys, writeTokenText(record), this.#place(record.name, record.generation));
  }

  /**
   * Opens a value that is stored for a credential and generation. Never rejects: the result says what is
   * wrong.
   */
  async open(sealed: string, name: CredentialName, generation: number): Promise<StoredToken> {
    try {
      const text = await openText(this.#keys, sealed, this.#place(name, generation));
      return { status: 'found', record: { name, generation, ...readTokenText(text) } };
    } catch (error) {
      return { status: error instanceof UnknownKey ? 'unknown-key' : 'tampered', generation };
    }
  }

  /** Seals a removal note: a process with the key removed the credential at this generation. */
  sealRemoval(name: CredentialName, generation: number): Promise<string> {
    return sealText(this.#keys, '', this.#removal(name, generation));
  }

  /** What a removal note proves: `absent` for a note that is missing, altered or moved here. */
  async openRemoval(
    sealed: string,
    name: CredentialName,
    generation: number,
  ): Promise<'removed' | 'unknown-key' | 'absent'> {
    try {
      await openText(this.#keys, sealed, this.#removal(name, generation));
      return 'removed';
    } catch (error) {
      return error instanceof UnknownKey ? 'unknown-key' : 'absent';
    }
  }

  /** Seals a revocation note: IMS invalidated this token. */
  sealRevocation(name: CredentialName, tokenSha256: string): Promise<string> {
    return sealText(this.#keys, '', this.#revocation(name, tokenSha256));
  }

  /** Whether this is a valid revocation note of the token; false for an altered or moved one. */
  async isRevocation(sealed: string, name: CredentialName, tokenSha256: string): Promise<boolean> {
    const opening = openText(this.#keys, sealed, this.#revocation(name, tokenSha256));
    return opening.then(
      () => true,
      () => false,
    );
  }

  #removal(name: CredentialName, generation: number): Place {
    return { pfx: this.#prefix, crd: name, removed: generation };
  }

  #revocation(name: CredentialName, tokenSha256: string): Place {
    return { pfx: this.#prefix, crd: name, revoked: tokenSha256 };
  }

  #place(name: CredentialName, generation: number): Place {
    return { pfx: this.#prefix, crd: name, gen: generation };
  }
}
