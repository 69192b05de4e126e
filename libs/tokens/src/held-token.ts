import type { Clock } from './clock.ts';
import type { TokenRecord } from './token-record.ts';
import { between, millis, type Millis } from './units.ts';

/**
 * A token in this process's memory. Its life is bounded twice: by the wall clock, which counts while the machine
 * sleeps, and by the monotonic one, which nobody can set back.
 */
export class HeldToken {
  readonly record: TokenRecord;
  readonly #monotonicEnd: number;

  constructor(record: TokenRecord, clock: Clock) {
    this.record = record;
    this.#monotonicEnd = clock.monotonic() + between(clock.now(), record.token.expiresAt);
  }

  /** The life it has left, negative once it is over. */
  remaining(clock: Clock): Millis {
    return millis(
      Math.min(between(clock.now(), this.record.token.expiresAt), this.#monotonicEnd - clock.monotonic()),
    );
  }
}
