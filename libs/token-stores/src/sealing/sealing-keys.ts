import { createSecretKey, type KeyObject } from 'node:crypto';

import { isPattern, suspicionOf, type KeySuspicion } from './key-quality.ts';

const KID = /^[A-Za-z0-9._-]{1,32}$/;
const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/_-]{43}=?$/;

/** A key with its id. */
export interface SealingKey {
  readonly kid: string;
  readonly key: KeyObject;
  /** Why an attacker may know the key; null: no reason. */
  readonly suspicion: KeySuspicion | null;
}

/** The keys that seal tokens in Redis. The first key seals and all keys open, which allows rotation. */
export class SealingKeys {
  readonly first: SealingKey;
  readonly #keys: ReadonlyMap<string, SealingKey>;

  private constructor(first: SealingKey, keys: ReadonlyMap<string, SealingKey>) {
    this.first = first;
    this.#keys = keys;
  }

  /**
   * Parses TOKEN_ENCRYPTION_KEYS: `KID:BASE64_OF_32_BYTES`, comma-separated. Every key must be random.
   * @throws Error with the position of the entry and the rule; it quotes nothing of a key
   */
  static parse(text: string): SealingKeys {
    const keys = new Map<string, SealingKey>();
    const [first] = text.split(',').map((entry, index) => {
      const parsed = parseEntry(entry.trim(), `entry ${index + 1}`);
      if (keys.has(parsed.kid)) throw new Error(`entry ${index + 1} has the same KID as one before it`);
      keys.set(parsed.kid, parsed);
      return parsed;
    });
    if (first === undefined) throw new Error('has no entry');
    return new SealingKeys(first, keys);
  }

  find(kid: string): KeyObject | undefined {
    return this.#keys.get(kid)?.key;
  }

  /** The keys that an attacker may know, by KID. */
  get suspicious(): ReadonlyMap<string, KeySuspicion> {
    const found = [...this.#keys.values()].flatMap(({ kid, suspicion }) =>
      suspicion === null ? [] : [[kid, suspicion] as const],
    );
    return new Map(found);
  }
}

function parseEntry(entry: string, position: string): SealingKey {
  if (entry === '') throw new Error(`${position} is empty: write KID:BASE64_OF_32_BYTES`);
  const colon = entry.indexOf(':');
  if (colon < 0) throw new Error(`${position} has no colon: write KID:BASE64_OF_32_BYTES`);
  const kid = entry.slice(0, colon);
  const encoded = entry.slice(colon + 1);
  if (!KID.test(kid))
    throw new Error(`${position}: a KID is 1 to 32 letters, digits, ".", "_" and "-", before the colon`);
  if (!BASE64_OF_32_BYTES.test(encoded))
    throw new Error(
      `${position}: after the colon come exactly 32 bytes in Base64, as from \`openssl rand -base64 32\``,
    );
  const bytes = Buffer.from(encoded, 'base64');
  if (isPattern(bytes))
    throw new Error(
      `${position}: the key with the KID ${kid} is not random (zeros, repeated bytes or a sequence): replace it ` +
        'with the output of `openssl rand -base64 32`',
    );
  return { kid, key: createSecretKey(bytes), suspicion: suspicionOf(bytes) };
}
