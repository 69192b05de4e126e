import type { Clock } from './clock.ts';
import type { TokenRecord } from './token-record.ts';
import { between, millis, type Millis } from './units.ts';

/**
 * A token in this process's memory. Its life is bounded twice: by the wall clock, which counts while the machine
 * sleeps, and by the monotonic one, which nobody can set back. It is never longer than the whole life of the token.
 */
export class HeldToken {
  readonly record: TokenRecord;
  readonly #monotonicEnd: number;

  /** @param earlier what was held before: the same token under a new generation lives no longer for it */
  constructor(record: TokenRecord, clock: Clock, earlier?: HeldToken | null) {
    const { token } = record;
    const end = clock.monotonic() + Math.min(between(clock.now(), token.expiresAt), token.life);
    this.record = record;
    this.#monotonicEnd =
      earlier?.record.token.sha256 === token.sha256 ? Math.min(end, earlier.#monotonicEnd) : end;
  }

  /** The life it has left, negative once it is over. */
  remaining(clock: Clock): Millis {
    return millis(
      Math.min(between(clock.now(), this.record.token.expiresAt), this.#monotonicEnd - clock.monotonic()),
    );
  }
}
