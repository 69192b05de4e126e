import { z } from 'zod';

import { AccessToken, instant, type CredentialName, type StoredToken, type TokenRecord } from '#libs/tokens';

import { openText, sealText, UnknownKey, type Place } from './sealed-text.ts';
import type { SealingKeys } from './sealing-keys.ts';

const time = z.number().transform(instant);
const payloadSchema = z.object({
  token: z.string().min(1),
  issuedAt: time,
  expiresAt: time,
  version: z.string(),
  rejected: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .max(16)
    .optional(),
});

/** Seals tokens for Redis, each for one place: key prefix, credential and generation. */
export class TokenSeal {
  readonly #keys: SealingKeys;
  readonly #prefix: string;

  constructor(keys: SealingKeys, prefix: string) {
    this.#keys = keys;
    this.#prefix = prefix;
  }

  seal({ name, generation, token, version, rejected }: TokenRecord): Promise<string> {
    const { issuedAt, expiresAt } = token;
    const payload = JSON.stringify({ token: token.reveal(), issuedAt, expiresAt, version, rejected });
    return sealText(this.#keys, payload, this.#place(name, generation));
  }

  /**
   * Opens a value that is stored for a credential and generation. Never rejects: the result says what is
   * wrong.
   */
  async open(sealed: string, name: CredentialName, generation: number): Promise<StoredToken> {
    try {
      const text = await openText(this.#keys, sealed, this.#place(name, generation));
      const { token, issuedAt, expiresAt, version, rejected } = payloadSchema.parse(JSON.parse(text));
      const accessToken = new AccessToken(token, issuedAt, expiresAt);
      const record = { name, generation, token: accessToken, version, ...(rejected && { rejected }) };
      return { status: 'found', record };
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
