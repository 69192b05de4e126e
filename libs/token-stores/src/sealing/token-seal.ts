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
});

/** Tokens as they lie in Redis, each sealed for its one place: key prefix, credential and generation. */
export class TokenSeal {
  readonly #keys: SealingKeys;
  readonly #prefix: string;

  constructor(keys: SealingKeys, prefix: string) {
    this.#keys = keys;
    this.#prefix = prefix;
  }

  seal({ name, generation, token, version }: TokenRecord): Promise<string> {
    const { issuedAt, expiresAt } = token;
    const payload = JSON.stringify({ token: token.reveal(), issuedAt, expiresAt, version });
    return sealText(this.#keys, payload, this.#place(name, generation));
  }

  /** What is sealed in a value found at that credential and generation; whatever is wrong with it is an answer, not an error. */
  async open(sealed: string, name: CredentialName, generation: number): Promise<StoredToken> {
    try {
      const text = await openText(this.#keys, sealed, this.#place(name, generation));
      const { token, issuedAt, expiresAt, version } = payloadSchema.parse(JSON.parse(text));
      const record = { name, generation, token: new AccessToken(token, issuedAt, expiresAt), version };
      return { status: 'found', record };
    } catch (error) {
      return { status: error instanceof UnknownKey ? 'unknown-key' : 'tampered', generation };
    }
  }

  /** The note that IMS invalidated a token, for its one place. */
  sealRevocation(name: CredentialName, tokenSha256: string): Promise<string> {
    return sealText(this.#keys, '', this.#revocation(name, tokenSha256));
  }

  /** Whether this is such a note; one that was altered or moved here says nothing. */
  async isRevocation(sealed: string, name: CredentialName, tokenSha256: string): Promise<boolean> {
    const opening = openText(this.#keys, sealed, this.#revocation(name, tokenSha256));
    return opening.then(
      () => true,
      () => false,
    );
  }

  #revocation(name: CredentialName, tokenSha256: string): Place {
    return { pfx: this.#prefix, crd: name, revoked: tokenSha256 };
  }

  #place(name: CredentialName, generation: number): Place {
    return { pfx: this.#prefix, crd: name, gen: generation };
  }
}
