import { hash } from 'node:crypto';

import type { CredentialName } from '#libs/tokens';

interface Fingerprint {
  readonly generation: number;
  /** SHA-1 of the sealed token. Detects damage; the seal itself protects against forgery. */
  readonly sha1: string;
}

/** The sealed tokens that this process wrote or read last, by their fingerprints. */
export class TokenFingerprints {
  readonly #known = new Map<CredentialName, Fingerprint>();

  note(name: CredentialName, generation: number, sealed: string): void {
    this.#known.set(name, { generation, sha1: hash('sha1', sealed, 'hex') });
  }

  forget(name: CredentialName): void {
    this.#known.delete(name);
  }

  /**
   * Whether the store still holds this generation, unchanged.
   * @param sha1 of the token that is stored; empty where none is
   */
  fits(name: CredentialName, generation: number, stored: number, sha1: string): boolean {
    const known = this.#known.get(name);
    return stored === generation && (known?.generation !== generation || known.sha1 === sha1);
  }
}
