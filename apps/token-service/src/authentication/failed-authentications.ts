import type { AuthenticationFailure } from '#libs/callers';
import type { Seconds } from '#libs/tokens';
import { Inject, Injectable } from '@nestjs/common';

import { AuthenticationMetrics } from './authentication-metrics.ts';
import { AuthenticationThrottle } from './authentication-throttle.ts';

/**
 * Failures that do not slow the client down. A request without a key guesses nothing: it comes from a
 * browser, or from a client that waits for a challenge. An outage of an issuer is not the fault of its
 * callers, and neither is a callers file that cannot be read. A JWT that was not verified may be valid.
 */
const NOT_THROTTLED: ReadonlySet<AuthenticationFailure> = new Set([
  'missing',
  'issuer_unavailable',
  'callers_outdated',
  'verification_busy',
]);

/** Counts failed authentications, and slows down clients that go on failing. */
@Injectable()
export class FailedAuthentications {
  readonly #throttle: AuthenticationThrottle;
  readonly #metrics: AuthenticationMetrics;

  constructor(
    @Inject(AuthenticationThrottle) throttle: AuthenticationThrottle,
    @Inject(AuthenticationMetrics) metrics: AuthenticationMetrics,
  ) {
    this.#throttle = throttle;
    this.#metrics = metrics;
  }

  /**
   * Notes one failure. Returns how long the client must wait before the next attempt; null where it need not
   * wait.
   * @param address as `clientAddress` returns it
   */
  note(failure: AuthenticationFailure, address: string): Seconds | null {
    this.#metrics.failed(failure);
    return NOT_THROTTLED.has(failure) ? null : this.#throttle.failed(address);
  }
}
