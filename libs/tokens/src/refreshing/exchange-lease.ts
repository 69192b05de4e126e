import type { Clock } from '../model/clock.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { millis, type Millis } from '../model/units.ts';
import type { PeerSync } from '../replication/peer-sync.ts';
import type { StoreLink } from '../replication/store-link.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { StandaloneBudget } from './standalone-budget.ts';

/**
 * The pause before this process asks again for a lease that another holds. A hint from the store comes long
 * before.
 */
const MAX_PAUSE = 1_000;

interface ExchangeLeaseParts {
  readonly link: StoreLink;
  readonly sync: StoreSync;
  readonly peerSync: PeerSync;
  readonly budget: StandaloneBudget;
  readonly clock: Clock;
}

/** A lease that was acquired. Dispose of it to give it back. */
interface AcquiredLease extends AsyncDisposable {
  /** Records that a token was minted. Without a store, an exchange that mints none is not charged. */
  markMinted(): void;
}

interface LeaseTerms {
  /** The time after which other processes may acquire the lease, even if it was not given back. */
  readonly holdFor: Millis;
  /** Lifetime of the token at stake; null where none was ever cached. */
  readonly life: Millis | null;
  /** Asked while the store is down, instead of the standalone budget. */
  readonly mayGoAlone?: (() => boolean) | undefined;
}

/**
 * The right to exchange a credential: of all processes on one store one at a time, each alone while the store
 * is down.
 */
export class ExchangeLease {
  readonly #parts: ExchangeLeaseParts;
  readonly #pausedUntil = new Map<CredentialName, number>();

  constructor(parts: ExchangeLeaseParts) {
    this.#parts = parts;
  }

  /** Whether another process was found to hold the lease just now. */
  isPaused(name: CredentialName): boolean {
    return this.#parts.clock.monotonic() < (this.#pausedUntil.get(name) ?? 0);
  }

  /**
   * Acquires the lease on a credential, and pulls the newest token of all processes. Dispose of the result to
   * give the lease back. Null where another process holds it, or where the store is down and this process may
   * not go alone.
   */
  async acquire(
    name: CredentialName,
    { holdFor, life, mayGoAlone }: LeaseTerms,
  ): Promise<AcquiredLease | null> {
    const { link, sync, peerSync, budget } = this.#parts;
    const lease = await link.acquireLease(name, holdFor);
    if (lease === 'held') return this.#pause(name, life);
    const release = async (): Promise<void> => {
      if (lease !== 'store-down') await lease.release();
    };
    // The previous holder may have published while this process waited for the lease.
    const isInStep = lease !== 'store-down' && (await sync.catchUp(name));
    if (isInStep) return { [Symbol.asyncDispose]: release, markMinted: () => undefined };
    await sync.restoreCache();
    await peerSync.pull(name);
    if (mayGoAlone?.() ?? (await budget.allows(name, life))) return this.#goAlone(name, release);
    await release();
    return this.#pause(name, life);
  }

  /** Starts no renewal of this credential for a moment. */
  pause(name: CredentialName): void {
    this.#pause(name, null);
  }

  forget(name: CredentialName): void {
    this.#pausedUntil.delete(name);
    this.#parts.budget.forget(name);
  }

  /** Charges the exchange before it is made, so that a process that dies meanwhile has paid for it. */
  async #goAlone(name: CredentialName, release: () => Promise<void>): Promise<AcquiredLease> {
    const refund = await this.#parts.budget.charge(name);
    let isMinted = false;
    return {
      markMinted: () => void (isMinted = true),
      [Symbol.asyncDispose]: async () => {
        if (!isMinted) await refund();
        await release();
      },
    };
  }

  #pause(name: CredentialName, life: Millis | null): null {
    const pause = millis(Math.min(MAX_PAUSE, (life ?? Infinity) / 20));
    this.#pausedUntil.set(name, this.#parts.clock.monotonic() + pause);
    return null;
  }
}
