import { compactDecrypt, CompactEncrypt, errors, type CompactJWEHeaderParameters } from 'jose';
import { z } from 'zod';

import { AccessToken, instant, type CredentialName, type StoredToken, type TokenRecord } from '#libs/tokens';

import type { SealingKeys } from './sealing-keys.ts';

const time = z.number().transform(instant);
const payloadSchema = z.object({
  token: z.string().min(1),
  issuedAt: time,
  expiresAt: time,
  version: z.string(),
});

class UnknownKey extends Error {}

/**
 * Tokens as they lie in Redis: compact JWE (RFC 7516), `dir` with A256GCM. The protected header, authenticated along
 * with the content, names the key, and the one place the value belongs to: key prefix, credential and generation.
 */
export class TokenSeal {
  readonly #keys: SealingKeys;
  readonly #prefix: string;

  constructor(keys: SealingKeys, prefix: string) {
    this.#keys = keys;
    this.#prefix = prefix;
  }

  async seal({ name, generation, token, version }: TokenRecord): Promise<string> {
    const { kid, key } = this.#keys.first;
    const { issuedAt, expiresAt } = token;
    const payload = JSON.stringify({ token: token.reveal(), issuedAt, expiresAt, version });
    return new CompactEncrypt(new TextEncoder().encode(payload))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, ...this.#place(name, generation) })
      .encrypt(key);
  }

  /** What is sealed in a value found at that credential and generation; whatever is wrong with it is an answer, not an error. */
  async open(sealed: string, name: CredentialName, generation: number): Promise<StoredToken> {
    try {
      const { plaintext } = await compactDecrypt(sealed, (header) => this.#keyFor(header, name, generation), {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      const { token, issuedAt, expiresAt, version } = payloadSchema.parse(
        JSON.parse(new TextDecoder().decode(plaintext)),
      );
      const record = { name, generation, token: new AccessToken(token, issuedAt, expiresAt), version };
      return { status: 'found', record };
    } catch (error) {
      return { status: error instanceof UnknownKey ? 'unknown-key' : 'tampered', generation };
    }
  }

  #keyFor(header: CompactJWEHeaderParameters, name: CredentialName, generation: number) {
    const isInPlace = Object.entries(this.#place(name, generation)).every(
      ([field, value]) => header[field] === value,
    );
    if (!isInPlace || header.kid === undefined) throw new errors.JWEInvalid('sealed for another place');
    const key = this.#keys.find(header.kid);
    if (key === undefined) throw new UnknownKey();
    return key;
  }

  #place(name: CredentialName, generation: number): { pfx: string; crd: string; gen: number } {
    return { pfx: this.#prefix, crd: name, gen: generation };
  }
}
