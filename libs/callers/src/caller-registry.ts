import { hash, timingSafeEqual } from 'node:crypto';

import type { Caller } from './caller.ts';

interface KnownKey {
  readonly digest: Buffer;
  readonly caller: Caller;
}

/** A caller as the callers file has it, with the SHA-256 of each of its keys. */
export interface CallerWithKeys {
  readonly caller: Caller;
  readonly keyDigests: readonly string[];
}

/** Finds the caller an API key belongs to. Holds only digests, so reading this process's memory yields no key. */
export class CallerRegistry {
  /** By the first bits of the digest; the whole is then compared in constant time. */
  readonly #keys = new Map<string, KnownKey[]>();
  readonly size: number;

  constructor(callers: readonly CallerWithKeys[]) {
    this.size = callers.length;
    for (const { caller, keyDigests } of callers) {
      for (const hex of keyDigests) {
        const known = { digest: Buffer.from(hex, 'hex'), caller };
        const bucket = hex.slice(0, BUCKET_DIGITS);
        this.#keys.set(bucket, [...(this.#keys.get(bucket) ?? []), known]);
      }
    }
  }

  /** The caller whose key this is, or null. */
  byKey(key: string): Caller | null {
    // As hex and back: a one-shot hash into a string is several times cheaper than one into a Buffer.
    const hex = hash('sha256', key, 'hex');
    const candidates = this.#keys.get(hex.slice(0, BUCKET_DIGITS));
    if (candidates === undefined) return null;
    const digest = Buffer.from(hex, 'hex');
    return candidates.find((known) => timingSafeEqual(known.digest, digest))?.caller ?? null;
  }
}

const BUCKET_DIGITS = 8;
