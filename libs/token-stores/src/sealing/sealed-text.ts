import { compactDecrypt, CompactEncrypt, errors, type CompactJWEHeaderParameters } from 'jose';

import type { SealingKeys } from './sealing-keys.ts';

/** Where a sealed text belongs. Part of its authenticated header, and compared when the text is opened. */
export type Place = Readonly<Record<string, string | number>>;

/** The text is sealed with a key that this process does not have. */
export class UnknownKey extends Error {}

/** Encrypts a text for Redis as a compact JWE (RFC 7516): `dir` with A256GCM, the key named in `kid`. */
export async function sealText(keys: SealingKeys, text: string, place: Place): Promise<string> {
  const { kid, key } = keys.first;
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, ...place })
    .encrypt(key);
}

/**
 * Decrypts a sealed text.
 * @throws UnknownKey, or another Error if the text is altered, truncated or sealed for another place
 */
export async function openText(keys: SealingKeys, sealed: string, place: Place): Promise<string> {
  const findKey = (header: CompactJWEHeaderParameters) => {
    const isInPlace = Object.entries(place).every(([field, value]) => header[field] === value);
    if (!isInPlace || header.kid === undefined) throw new errors.JWEInvalid('sealed for another place');
    const key = keys.find(header.kid);
    if (key === undefined) throw new UnknownKey();
    return key;
  };
  const { plaintext } = await compactDecrypt(sealed, findKey, {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  });
  return new TextDecoder().decode(plaintext);
}
