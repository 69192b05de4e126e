import { hash, timingSafeEqual } from 'node:crypto';

import type { Caller } from './caller.ts';
import { JwtCallers } from './jwt-callers.ts';
import type { JwtIdentity } from './jwt-identity.ts';

interface KnownKey {
  readonly digest: Buffer;
  readonly caller: Caller;
}

/** A caller as the callers file has it, with the SHA-256 of each of its keys and its workload identity. */
export interface CallerWithProofs {
  readonly caller: Caller;
  readonly keyDigests: readonly string[];
  readonly jwt?: JwtIdentity | undefined;
}

/** What keys and remembered tokens are known by: their SHA-256 in hex, never they themselves. */
export const digestOf = (proof: string): string => hash('sha256', proof, 'hex');

/** Finds the caller an API key or a verified token belongs to. Holds only digests, so reading this process's memory yields no key. */
export class CallerRegistry {
  /** By the first bits of the digest; the whole is then compared in constant time. */
  readonly #keys = new Map<string, KnownKey[]>();
  readonly jwtCallers = new JwtCallers();
  readonly size: number;

  constructor(callers: readonly CallerWithProofs[]) {
    this.size = callers.length;
    for (const { caller, keyDigests, jwt } of callers) {
      if (jwt !== undefined) this.jwtCallers.add(caller, jwt);
      for (const hex of keyDigests) {
        const known = { digest: Buffer.from(hex, 'hex'), caller };
        const bucket = hex.slice(0, BUCKET_DIGITS);
        this.#keys.set(bucket, [...(this.#keys.get(bucket) ?? []), known]);
      }
    }
  }

  /** The caller whose key this is, or null. */
  byKey(key: string): Caller | null {
    return this.byKeyDigest(digestOf(key));
  }

  /** The caller who has the key of this digest, or null. */
  byKeyDigest(hex: string): Caller | null {
    const candidates = this.#keys.get(hex.slice(0, BUCKET_DIGITS));
    if (candidates === undefined) return null;
    // From hex: a one-shot hash into a string is several times cheaper than one into a Buffer.
    const digest = Buffer.from(hex, 'hex');
    return candidates.find((known) => timingSafeEqual(known.digest, digest))?.caller ?? null;
  }
}

const BUCKET_DIGITS = 8;
