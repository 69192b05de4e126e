import type { Instant } from '#libs/tokens';

import type { Authentication } from './authentication.ts';

/** Who a verified token is from, until when. */
interface Remembered {
  readonly authentication: Authentication;
  readonly until: Instant;
}

/**
 * Verified tokens by their SHA-256, those used least recently forgotten first. Two generations instead of an exact order,
 * so that finding one costs a look-up and nothing else: when the younger is full, the older is dropped and the younger takes
 * its place. Looking a digest up is not a comparison in constant time and need not be: to learn anything from its timing a
 * caller would have to choose digests, which is to invert SHA-256.
 */
export class RememberedCallers {
  readonly #capacity: number;
  #young = new Map<string, Remembered>();
  #old = new Map<string, Remembered>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(digest: string): Remembered | undefined {
    const young = this.#young.get(digest);
    if (young !== undefined) return young;
    const old = this.#old.get(digest);
    if (old !== undefined) {
      this.#old.delete(digest);
      this.remember(digest, old);
    }
    return old;
  }

  remember(digest: string, remembered: Remembered): void {
    if (this.#young.size >= this.#capacity / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(digest, remembered);
  }

  forget(digest: string): void {
    this.#young.delete(digest);
    this.#old.delete(digest);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
