import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { CredentialStatusRecord } from '../model/credential-status-record.ts';
import type { ExchangeFailure } from '../model/exchange-failure.ts';
import { between, later, millis, type Instant, type Millis } from '../model/units.ts';
import type { BackOff } from './back-off.ts';

/** One version of one document. */
type CredentialVersion = Pick<SourcedCredential, 'name' | 'version'>;

/** How long to wait. The wait ends on the clock that reaches its limit first. */
interface Wait {
  /** On the monotonic clock, so that setting the wall clock back does not stop renewals. */
  readonly notBefore: Millis;
  /** On the wall clock, which goes on while the machine sleeps. */
  readonly nextAttemptAt: Instant;
}

/** The failed attempts in a row with one version of one credential. */
export interface FailedAttempt extends Wait {
  readonly version: string;
  readonly failuresInARow: number;
}

/** The token that a failed attempt would have replaced. */
interface Stake {
  /** Null where none is cached. */
  readonly life: Millis | null;
  /** For how long callers still get it; 0 where there is none. */
  readonly runway: Millis;
}

/**
 * Records which credentials failed and how long each waits. A new version of a document starts without
 * failures.
 */
export class FailedAttempts {
  readonly #clock: Clock;
  readonly #backOff: BackOff;
  readonly #last = new Map<CredentialName, FailedAttempt>();
  /** Waits that other processes published, as first seen here. */
  readonly #shared = new Map<CredentialName, Wait>();

  constructor(clock: Clock, backOff: BackOff) {
    this.#clock = clock;
    this.#backOff = backOff;
  }

  /**
   * Records a failure.
   * @param stake the token that the attempt would have replaced
   * @param shared the last published status: failures of several processes count as one row
   */
  add(
    credential: CredentialVersion,
    failure: ExchangeFailure,
    { life, runway }: Stake,
    shared: CredentialStatusRecord | null = null,
  ): FailedAttempt {
    const byOthers = shared?.attempt?.version === credential.version ? shared.attempt.failuresInARow : 0;
    // Another process may have ended the row since.
    const own = shared?.failing === false ? 0 : (this.last(credential)?.failuresInARow ?? 0);
    const failuresInARow = Math.max(own, byOthers) + 1;
    const delay = this.#backOff.delay(failuresInARow, failure, life, runway);
    const attempt = {
      version: credential.version,
      failuresInARow,
      notBefore: millis(this.#clock.monotonic() + delay),
      nextAttemptAt: later(this.#clock.now(), delay),
    };
    this.#last.set(credential.name, attempt);
    this.#shared.set(credential.name, attempt);
    return attempt;
  }

  last({ name, version }: CredentialVersion): FailedAttempt | undefined {
    const attempt = this.#last.get(name);
    return attempt?.version === version ? attempt : undefined;
  }

  /** @param shared the last published status: where one process waits, all do */
  mustWait(credential: CredentialVersion, shared: CredentialStatusRecord | null = null): boolean {
    return this.waitFor(credential, shared) > 0;
  }

  /** How long until the next attempt may be made; 0 where it may be made now. */
  waitFor(credential: CredentialVersion, shared: CredentialStatusRecord | null = null): Millis {
    const attempts = [this.last(credential), this.#sharedWait(credential, shared)];
    return millis(Math.max(0, ...attempts.map((attempt) => (attempt ? this.#left(attempt) : 0))));
  }

  forget(name: CredentialName): void {
    this.#last.delete(name);
    this.#shared.delete(name);
  }

  /** Ends every wait known so far. */
  clear(): void {
    this.#last.clear();
    for (const [name, attempt] of this.#shared) this.#shared.set(name, { ...attempt, notBefore: millis(0) });
  }

  /**
   * The wait in a status record, with a limit on this process's monotonic clock from when it was first seen.
   * Its length is the one that the writer chose, regardless of the difference between the two wall clocks.
   */
  #sharedWait({ name, version }: CredentialVersion, shared: CredentialStatusRecord | null): Wait | null {
    const nextAttemptAt = shared?.nextAttemptAt ?? null;
    if (nextAttemptAt === null || shared?.attempt?.version !== version) return null;
    const known = this.#shared.get(name);
    if (known?.nextAttemptAt === nextAttemptAt) return known;
    const wait = Math.min(between(shared.at, nextAttemptAt), between(this.#clock.now(), nextAttemptAt));
    const seen = { nextAttemptAt, notBefore: millis(this.#clock.monotonic() + wait) };
    this.#shared.set(name, seen);
    return seen;
  }

  #left({ notBefore, nextAttemptAt }: Wait): number {
    return Math.min(notBefore - this.#clock.monotonic(), between(this.#clock.now(), nextAttemptAt));
  }
}
