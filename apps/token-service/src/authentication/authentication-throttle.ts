import { millis, seconds, type Clock, type Millis, type Seconds } from '#libs/tokens';

import { addressGroup } from '../http/client-address.ts';

/** Mistakes in a row that are answered as what they are. */
const FREE_MISTAKES = 10;
/** One mistake is forgiven each time this has passed. */
const FORGIVEN_EVERY = millis(30_000);
/** However long somebody goes on, ten times that is the longest anybody is told to wait. */
const MAX_MISTAKES = FREE_MISTAKES + 10;
/** OAuth clients that do not know where to put their secret try both ways, right after each other. */
const ONE_MISTAKE_WITHIN = millis(2000);
/** Addresses remembered; of more, those heard of longest ago are forgotten. */
const MAX_ADDRESSES = 10_000;

interface Mistakes {
  readonly mistakes: number;
  /** On the monotonic clock: setting the other one forgives nothing. */
  readonly at: Millis;
  /** The failure before counted; one that follows at once is part of the same mistake. */
  readonly isFirstOfTwo: boolean;
}

/**
 * Slows down whoever guesses, by client address. It is told of failures only: a request that proves who sent it
 * is never refused for what others behind the same address do.
 */
export class AuthenticationThrottle {
  readonly #clock: Clock;
  readonly #records = new Map<string, Mistakes>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes a failure. Says how long this address is to wait before it tries again, or null while it may just try. */
  failed(address: string): Seconds | null {
    const group = addressGroup(address);
    const record = this.#after(this.#records.get(group), this.#clock.monotonic());
    // Taken out and put back in: a Map keeps the order of insertion, so the first is the one heard of longest ago.
    this.#records.delete(group);
    this.#records.set(group, record);
    if (this.#records.size > MAX_ADDRESSES) this.#forgetOldest();
    const excess = record.mistakes - FREE_MISTAKES;
    return excess > 0 ? seconds(Math.ceil((excess * FORGIVEN_EVERY) / 1000)) : null;
  }

  /** How many addresses are remembered. */
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

  #forgetOldest(): void {
    const oldest = this.#records.keys().next();
    if (!oldest.done) this.#records.delete(oldest.value);
  }
}
