import { hash, timingSafeEqual } from 'node:crypto';

import type { Caller } from './caller.ts';
import { isMadeKey } from './caller-key.ts';
import { JwtCallers } from './jwt-callers.ts';
import type { JwtIdentity } from './jwt-identity.ts';

interface KnownKey {
  readonly digest: Buffer;
  readonly caller: Caller;
  /** Null until the key itself was seen: the file has its digest only. */
  isAccepted: boolean | null;
}

/** A caller of the callers file, with the SHA-256 of each of its keys and its workload identity. */
export interface CallerWithProofs {
  readonly caller: Caller;
  readonly keyDigests: readonly string[];
  readonly jwt?: JwtIdentity | undefined;
}

/** SHA-256 in hex. The service stores only the digests of keys and remembered tokens. */
export const digestOf = (proof: string): string => hash('sha256', proof, 'hex');

const ACCEPT = (): boolean => true;

/**
 * Finds the caller of an API key or a verified token. Stores only digests, so a memory dump contains no key.
 */
export class CallerRegistry {
  /** By the first digits of the digest. The whole digest is then compared in constant time. */
  readonly #keys = new Map<string, KnownKey[]>();
  readonly jwtCallers = new JwtCallers();
  /** Receives the caller of each hand-made key once. Returns whether the key is accepted. */
  onHandMadeKey: (caller: string) => boolean = ACCEPT;
  #size = 0;

  constructor(callers: readonly CallerWithProofs[] = []) {
    for (const caller of callers) this.add(caller);
  }

  /** How many callers there are. */
  get size(): number {
    return this.#size;
  }

  add({ caller, keyDigests, jwt }: CallerWithProofs): void {
    this.#size += 1;
    if (jwt !== undefined) this.jwtCallers.add(caller, jwt);
    for (const hex of keyDigests) {
      const known = { digest: Buffer.from(hex, 'hex'), caller, isAccepted: null };
      const bucket = hex.slice(0, BUCKET_DIGITS);
      const others = this.#keys.get(bucket);
      if (others === undefined) this.#keys.set(bucket, [known]);
      else others.push(known);
    }
  }

  /** The caller with this key, or null. */
  byKey(key: string): Caller | null {
    return this.byKeyDigest(digestOf(key));
  }

  /** The caller with the key of this digest, or null. */
  byKeyDigest(hex: string): Caller | null {
    return this.#find(hex)?.caller ?? null;
  }

  /** The caller with this key, `hand_made_key` if such a key is not accepted, or null. */
  authenticate(key: string, hex: string): Caller | 'hand_made_key' | null {
    const known = this.#find(hex);
    if (known === null) return null;
    known.isAccepted ??= isMadeKey(key) || this.onHandMadeKey(known.caller.name);
    return known.isAccepted ? known.caller : 'hand_made_key';
  }

  #find(hex: string): KnownKey | null {
    const candidates = this.#keys.get(hex.slice(0, BUCKET_DIGITS));
    if (candidates === undefined) return null;
    // Decoded from hex, as a one-shot hash to a string is several times cheaper than one to a Buffer.
    const digest = Buffer.from(hex, 'hex');
    return candidates.find((known) => timingSafeEqual(known.digest, digest)) ?? null;
  }
}

const BUCKET_DIGITS = 8;
