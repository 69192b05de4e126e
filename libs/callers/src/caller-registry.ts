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
    const digest = hash('sha256', key, 'buffer');
    const candidates = this.#keys.get(digest.toString('hex', 0, BUCKET_DIGITS / 2));
    return candidates?.find((known) => timingSafeEqual(known.digest, digest))?.caller ?? null;
  }
}

const BUCKET_DIGITS = 8;
