import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { failureNow, type PendingTrial } from '../model/credential-status-record.ts';
import type { TokenEventListener } from '../model/events.ts';
import { SingleFlight } from '../model/single-flight.ts';
import { instant, millis } from '../model/units.ts';
import type { CredentialSource } from '../ports/credential-source.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { BackOff } from './back-off.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import { asExchangeFailure } from './exchange-errors.ts';
import { FailedAttempts } from './failed-attempts.ts';
import type { TokenMint } from './token-mint.ts';

/** No caller waits for a trial, so it may take as long as any exchange. */
const DEADLINE = millis(10_000);
const MAX_TRIALS = 8;
/** A trial replaces no token, so its retries may wait long. */
const NO_STAKE = { life: null, runway: millis(Infinity) };

interface PendingTrialsParts {
  readonly catalog: CredentialCatalog;
  readonly source: CredentialSource;
  readonly mint: TokenMint;
  readonly tokens: CurrentTokens;
  readonly sync: StoreSync;
  readonly clock: Clock;
  readonly backOff: BackOff;
  readonly listener: TokenEventListener;
}

/**
 * Tries versions before they are promoted: exchanges each version staged `AWSPENDING` once, drops the token,
 * and publishes the result, so that a person or a rotation can read it first.
 */
export class PendingTrials {
  readonly #parts: PendingTrialsParts;
  readonly #attempts: FailedAttempts;
  readonly #running = new SingleFlight<CredentialName, void>();

  constructor(parts: PendingTrialsParts) {
    this.#parts = parts;
    this.#attempts = new FailedAttempts(parts.clock, parts.backOff);
  }

  /**
   * Starts a trial of every pending version without a result. Returns the running trials at once; none ever
   * rejects.
   */
  tryPending(): Promise<void>[] {
    for (const credential of this.#parts.catalog.all()) {
      if (this.#running.size >= MAX_TRIALS) break;
      const { name, otherVersions } = credential;
      if (this.#isDue(credential)) {
        void this.#running.run(name, () => this.#try(name, otherVersions.pending ?? ''));
      }
    }
    return this.#running.all();
  }

  #isDue({ name, otherVersions: { pending } }: SourcedCredential): boolean {
    if (pending === null || this.#running.get(name)) return false;
    const status = this.#parts.tokens.get(name)?.status;
    return status?.pending?.version !== pending && !this.#attempts.mustWait({ name, version: pending });
  }

  async #try(name: CredentialName, version: string): Promise<void> {
    const { source, mint, clock } = this.#parts;
    try {
      const pending = await source.read(name, 'AWSPENDING');
      if (pending?.version !== version) return;
      await mint.exchange(pending, DEADLINE);
      await this.#publish(name, { version, at: clock.now(), failure: null });
    } catch (error) {
      const failure = asExchangeFailure(error);
      if (failure.retryable) this.#attempts.add({ name, version }, failure, NO_STAKE);
      else await this.#publish(name, { version, at: clock.now(), failure: failureNow(clock, failure) });
    }
  }

  async #publish(name: CredentialName, trial: PendingTrial): Promise<void> {
    const { tokens, sync, clock, listener } = this.#parts;
    listener({ type: 'credential.tried', name, trial });
    const status = tokens.get(name)?.status;
    if (!status) return;
    const at = instant(Math.max(clock.now(), status.at + 1));
    await sync.publishStatus({ ...status, at, pending: trial });
  }
}
