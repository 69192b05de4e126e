import { millis, seconds, type Clock, type Millis, type Seconds } from '#libs/tokens';
import QuickLRU from 'quick-lru';

import { addressGroup } from '../http/client-address.ts';

/** The mistakes in a row that are not throttled. */
const FREE_MISTAKES = 10;
/** One mistake is forgiven each time this has passed. */
const FORGIVEN_EVERY = millis(30_000);
/** Limits the wait to ten times FORGIVEN_EVERY, however many mistakes follow. */
const MAX_MISTAKES = FREE_MISTAKES + 10;
/** OAuth clients that do not know where to put their secret try both ways, right after each other. */
const ONE_MISTAKE_WITHIN = millis(2000);
/** The addresses remembered at least; quick-lru holds up to twice as many, in two generations. */
const MAX_ADDRESSES = 10_000;

interface Mistakes {
  readonly mistakes: number;
  /** On the monotonic clock, so that setting the wall clock forgives nothing. */
  readonly at: Millis;
  /** Whether this failure counted as a new mistake; a failure right after it belongs to the same one. */
  readonly isFirstOfTwo: boolean;
}

/**
 * Slows down clients that guess keys, by client address. It sees failures only: a request with a valid key
 * is never refused because of other clients behind the same address.
 */
export class AuthenticationThrottle {
  readonly #clock: Clock;
  readonly #records = new QuickLRU<string, Mistakes>({ maxSize: MAX_ADDRESSES });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes a failure. Returns how long this address must wait before its next try, or null for no wait. */
  failed(address: string): Seconds | null {
    const group = addressGroup(address);
    const record = this.#after(this.#records.get(group), this.#clock.monotonic());
    this.#records.set(group, record);
    const excess = record.mistakes - FREE_MISTAKES;
    return excess > 0 ? seconds(Math.ceil((excess * FORGIVEN_EVERY) / 1000)) : null;
  }

  /** The number of addresses remembered, at most MAX_ADDRESSES. */
  get size(): number {
    return this.#records.size;
  }

  #after(before: Mistakes | undefined, now: Millis): Mistakes {
    if (before === undefined) return { mistakes: 1, at: now, isFirstOfTwo: true };
    const passed = now - before.at;
    const left = Math.max(0, before.mistakes - passed / FORGIVEN_EVERY);
    const isSecondOfTwo = before.isFirstOfTwo && passed <= ONE_MISTAKE_WITHIN;
    return {
      mistakes: isSecondOfTwo ? left : Math.min(MAX_MISTAKES, left + 1),
      at: now,
      isFirstOfTwo: !isSecondOfTwo,
    };
  }
}
