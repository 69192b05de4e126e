import type { AccessToken } from './access-token.ts';
import type { Clock } from './clock.ts';
import type { TokenRecord } from './token-record.ts';
import { between, millis, type Millis } from './units.ts';

/**
 * A token in this process's memory. Its life is bounded twice: by the wall clock, which counts while the machine
 * sleeps, and by the monotonic one, which nobody can set back. It is never longer than the whole life of the token.
 */
export class CachedToken {
  readonly record: TokenRecord;
  readonly token: AccessToken;
  readonly #monotonicEnd: number;

  /** @param earlier what was held before: the same token under a new generation lives no longer for it */
  constructor(record: TokenRecord, clock: Clock, earlier?: CachedToken | null) {
    const { token } = record;
    const end = clock.monotonic() + Math.min(between(clock.now(), token.expiresAt), token.life);
    this.record = record;
    this.token = token;
    this.#monotonicEnd = earlier?.token.sha256 === token.sha256 ? Math.min(end, earlier.#monotonicEnd) : end;
  }

  /** The life it has left, negative once it is over. */
  remaining(clock: Clock): Millis {
    return millis(
      Math.min(between(clock.now(), this.token.expiresAt), this.#monotonicEnd - clock.monotonic()),
    );
  }
}
