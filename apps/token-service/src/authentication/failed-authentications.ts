import type { AuthenticationFailure } from '#libs/callers';
import type { Seconds } from '#libs/tokens';

import type { VendMetrics } from '../metrics/vend-metrics.ts';
import type { AuthenticationThrottle } from './authentication-throttle.ts';
import { Problem } from '../http/problem.ts';
import { unauthenticated } from './unauthenticated.ts';

/** Who sends nothing guesses nothing (a browser, or a client that waits to be asked), and an issuer's outage is not its callers' doing. */
const NOT_THROTTLED: ReadonlySet<AuthenticationFailure> = new Set(['missing', 'issuer_unavailable']);

/** What becomes of requests whose sender was not recognised: counted, and told so, or slowed down. */
export class FailedAuthentications {
  readonly #throttle: AuthenticationThrottle;
  readonly #metrics: VendMetrics;

  constructor(throttle: AuthenticationThrottle, metrics: VendMetrics) {
    this.#throttle = throttle;
    this.#metrics = metrics;
  }

  /**
   * Notes one. Says how long its sender is to wait before the next, or null where it may just try.
   * @param address where it came from, as `clientAddress` has it
   */
  note(failure: AuthenticationFailure, address: string): Seconds | null {
    this.#metrics.authenticationFailed(failure);
    return NOT_THROTTLED.has(failure) ? null : this.#throttle.failed(address);
  }

  /** Notes one, and says what its sender is told. */
  refuse(failure: AuthenticationFailure, address: string): Problem {
    const retryAfter = this.note(failure, address);
    const problem = unauthenticated(failure);
    if (retryAfter === null) return problem;
    return new Problem(
      'rate_limited',
      `Too many failed authentications from your address; wait before you try again. ${problem.message}`,
      { retryAfter },
    );
  }
}
