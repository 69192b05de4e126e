import { millis, type Clock, type Millis } from '#libs/tokens';
import QuickLRU from 'quick-lru';

import { addressGroup } from '../http/client-address.ts';

/** How many lines may be written at once, and how many more in each second. */
interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

const OF_ADDRESS: Allowance = { burst: 200, perSecond: 10 };
/** About 35 kB a second: a reader of half a megabyte a second keeps up with it. */
const OF_ALL: Allowance = { burst: 1000, perSecond: 100 };
/** The addresses remembered at least; quick-lru holds up to twice as many, in two generations. */
const MAX_ADDRESSES = 10_000;
/** The addresses whose omitted refusals are counted one by one until the next summary. */
const MAX_COUNTED_ADDRESSES = 1000;
const MAX_ADDRESSES_IN_SUMMARY = 10;

/** The refusals without a line of their own since the last summary. */
export interface OmittedRefusals {
  readonly requests: number;
  /** The addresses with the most of them, IPv6 as the network of 64 bits. */
  readonly byAddress: readonly (readonly [address: string, requests: number])[];
}

/** A token bucket. */
class Bucket {
  readonly #allowance: Allowance;
  #left: number;
  #at: Millis;

  constructor(allowance: Allowance, now: Millis) {
    this.#allowance = allowance;
    this.#left = allowance.burst;
    this.#at = now;
  }

  take(now: Millis): boolean {
    const { burst, perSecond } = this.#allowance;
    this.#left = Math.min(burst, this.#left + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/**
 * Decides which refused requests of unauthenticated clients get an audit line of their own. Anyone can send
 * such requests, so their number is limited, for each address first. The others are counted.
 */
export class RefusalSampler {
  readonly #clock: Clock;
  readonly #all: Bucket;
  readonly #ofAddress = new QuickLRU<string, Bucket>({ maxSize: MAX_ADDRESSES });
  readonly #omittedOf = new Map<string, number>();
  #omitted = 0;
  #total = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#all = new Bucket(OF_ALL, clock.monotonic());
  }

  /** The refusals without a line of their own since the start. */
  get totalOmitted(): number {
    return this.#total;
  }

  /** Whether this refusal gets a line; otherwise it is counted. */
  admits(address: string): boolean {
    const now = millis(this.#clock.monotonic());
    const group = addressGroup(address);
    let bucket = this.#ofAddress.get(group);
    if (bucket === undefined) this.#ofAddress.set(group, (bucket = new Bucket(OF_ADDRESS, now)));
    if (bucket.take(now) && this.#all.take(now)) return true;
    this.#total += 1;
    this.#omitted += 1;
    const count = this.#omittedOf.get(group);
    if (count !== undefined || this.#omittedOf.size < MAX_COUNTED_ADDRESSES)
      this.#omittedOf.set(group, (count ?? 0) + 1);
    return false;
  }

  /** Returns what was omitted since the last call, and starts to count again; null where nothing was. */
  takeOmitted(): OmittedRefusals | null {
    if (this.#omitted === 0) return null;
    const byAddress = [...this.#omittedOf].sort(([, a], [, b]) => b - a).slice(0, MAX_ADDRESSES_IN_SUMMARY);
    const omitted = { requests: this.#omitted, byAddress };
    this.#omitted = 0;
    this.#omittedOf.clear();
    return omitted;
  }
}
