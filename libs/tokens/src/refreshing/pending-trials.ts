import type { BackOff } from './back-off.ts';
import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialCatalog } from './credential-catalog.ts';
import type { CredentialName } from '../model/credential-name.ts';
import { failureNow, type PendingTrial } from '../model/credential-status-record.ts';
import type { CredentialSource } from '../ports/credential-source.ts';
import type { CurrentTokens } from '../serving/current-tokens.ts';
import type { TokenEventListener } from '../model/events.ts';
import { asExchangeFailure } from './exchange-errors.ts';
import { FailedAttempts } from './failed-attempts.ts';
import type { StoreSync } from '../replication/store-sync.ts';
import type { TokenMint } from './token-mint.ts';
import { guardListener } from '../model/guard-listener.ts';
import { instant, millis } from '../model/units.ts';

/** Nobody waits for a trial, so it may take as long as an exchange ever may. */
const DEADLINE = millis(10_000);
const TRIALS_AT_ONCE = 8;

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
 * Proves versions before anybody trusts them: what is staged `AWSPENDING` is tried at IMS once, its token thrown away,
 * and the verdict told, so that a person or a rotation can look before promoting it.
 */
export class PendingTrials {
  readonly #parts: PendingTrialsParts;
  readonly #attempts: FailedAttempts;
  readonly #flights = new Map<CredentialName, Promise<void>>();

  constructor(parts: PendingTrialsParts) {
    this.#parts = { ...parts, listener: guardListener(parts.listener) };
    this.#attempts = new FailedAttempts(parts.clock, parts.backOff);
  }

  /** Starts a trial of every pending version that has no verdict. Returns at once with those under way; none ever rejects. */
  tryPending(): Promise<void>[] {
    for (const credential of this.#parts.catalog.all()) {
      if (this.#flights.size >= TRIALS_AT_ONCE) break;
      if (this.#isDue(credential)) this.#takeOff(credential);
    }
    return [...this.#flights.values()];
  }

  #isDue({ name, otherVersions: { pending } }: SourcedCredential): boolean {
    if (pending === null || this.#flights.has(name)) return false;
    const status = this.#parts.tokens.get(name)?.status;
    return status?.pending?.version !== pending && !this.#attempts.mustWait({ name, version: pending });
  }

  #takeOff({ name, otherVersions: { pending } }: SourcedCredential): void {
    const flight = this.#try(name, pending ?? '').finally(() => this.#flights.delete(name));
    this.#flights.set(name, flight);
  }

  async #try(name: CredentialName, version: string): Promise<void> {
    const { source, mint, clock } = this.#parts;
    try {
      const pending = await source.read(name, 'AWSPENDING');
      if (pending?.version !== version) return;
      await mint.exchange(pending, DEADLINE);
      await this.#tell(name, { version, at: clock.now(), failure: null });
    } catch (error) {
      const failure = asExchangeFailure(error);
      if (failure.retryable) this.#attempts.add({ name, version }, failure, null);
      else await this.#tell(name, { version, at: clock.now(), failure: failureNow(clock, failure) });
    }
  }

  async #tell(name: CredentialName, trial: PendingTrial): Promise<void> {
    const { tokens, sync, clock, listener } = this.#parts;
    listener({ type: 'credential.tried', name, trial });
    const status = tokens.get(name)?.status;
    if (!status) return;
    await sync.publishStatus({
      ...status,
      at: instant(Math.max(clock.now(), status.at + 1)),
      pending: trial,
    });
  }
}
