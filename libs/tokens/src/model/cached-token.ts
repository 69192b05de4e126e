import type { AccessToken } from './access-token.ts';
import type { Clock } from './clock.ts';
import type { TokenRecord } from './token-record.ts';
import { between, type Millis } from './units.ts';

/**
 * A token in the memory of this process. Two clocks bound its life: the wall clock, which goes on while the
 * machine sleeps, and the monotonic clock, which cannot be set back. The life is never longer than the
 * token's whole lifetime.
 */
export class CachedToken {
  readonly record: TokenRecord;
  readonly token: AccessToken;
  /** When this process cached the token, on the monotonic clock. */
  readonly cachedAt: Millis;
  readonly #monotonicEnd: number;

  /** @param earlier the token cached before: the same token under a new generation does not live longer */
  constructor(record: TokenRecord, clock: Clock, earlier?: CachedToken | null) {
    const { token } = record;
    this.cachedAt = clock.monotonic();
    const end = this.cachedAt + Math.min(between(clock.now(), token.expiresAt), token.life);
    this.record = record;
    this.token = token;
    this.#monotonicEnd = earlier?.token.sha256 === token.sha256 ? Math.min(end, earlier.#monotonicEnd) : end;
  }

  /** The life left; negative after the end. */
  remaining(clock: Clock): Millis {
    const byWallClock = this.token.expiresAt - clock.now();
    return Math.min(byWallClock, this.#monotonicEnd - clock.monotonic()) as Millis;
  }
}
