import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { untilFree } from '../model/sliding-window.ts';
import type { Millis } from '../model/units.ts';

/** More than callers and schedule together cause: 24 by reports and revocations, one by the schedule. */
const MAX_MINTED = 40;
const WINDOW = 60 * 60 * 1000;

/**
 * The most tokens of a credential that one process mints in an hour, or in a token's lifetime where that is
 * shorter, for any reason. A fuse against a defect, and against a writer to the store that misleads a
 * process.
 */
export class ExchangeCeiling {
  readonly #clock: Clock;
  readonly #minted = new Map<CredentialName, readonly number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * How long no token may be minted; 0 where one may.
   * @param life of the token at stake; null where none was ever cached
   */
  untilFree(name: CredentialName, life: Millis | null): Millis {
    const window = Math.min(WINDOW, life ?? WINDOW);
    return untilFree(this.#minted.get(name)?.at(-MAX_MINTED), window, this.#clock.monotonic());
  }

  /** Counts a minted token. */
  charge(name: CredentialName): void {
    const minted = [...(this.#minted.get(name) ?? []), this.#clock.monotonic()];
    this.#minted.set(name, minted.slice(-MAX_MINTED));
  }
}
