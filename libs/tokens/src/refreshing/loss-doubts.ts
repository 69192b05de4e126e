import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { Millis } from '../model/units.ts';

/** The time between two listings that must agree before a large loss is believed. */
const MIN_DOUBT = 5_000;

/** A credential that a listing has lost together with most others. */
interface Doubt {
  /** When the last listing that had it began, on the monotonic clock. */
  readonly listedAt: Millis;
  /** When the first listing that lost it began. */
  readonly since: Millis;
}

/**
 * Doubts a listing that loses more than half of the credentials, until the next one agrees: an unmounted
 * volume and a deployment in progress look the same as a removal.
 */
export class LossDoubts {
  #doubts = new Map<CredentialName, Doubt>();

  /** When the last listing that had a doubted credential began; undefined for any other credential. */
  listedAt(name: CredentialName): Millis | undefined {
    return this.#doubts.get(name)?.listedAt;
  }

  /**
   * Returns those of the lost credentials whose loss is not believed yet.
   * @param known how many credentials there were before
   * @param startedAt when this listing began, and `listedAt` the last one before it
   */
  weigh(
    lost: readonly SourcedCredential[],
    known: number,
    { startedAt, listedAt }: { readonly startedAt: Millis; readonly listedAt: Millis | null },
  ): readonly SourcedCredential[] {
    const before = this.#doubts;
    this.#doubts = new Map();
    if (lost.length <= known / 2) return [];
    return lost.filter(({ name }) => {
      const doubt = before.get(name) ?? { listedAt: listedAt ?? startedAt, since: startedAt };
      if (startedAt - doubt.since >= MIN_DOUBT) return false;
      this.#doubts.set(name, doubt);
      return true;
    });
  }
}
