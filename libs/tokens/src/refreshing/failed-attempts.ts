import type { BackOff } from './back-off.ts';
import type { Clock } from '../model/clock.ts';
import type { SourcedCredential } from '../model/credential.ts';
import type { CredentialName } from '../model/credential-name.ts';
import type { CredentialStatusRecord } from '../model/credential-status-record.ts';
import type { ExchangeFailure } from '../model/exchange-failure.ts';
import { between, later, millis, type Instant, type Millis } from '../model/units.ts';

/** Which version of which document. */
type CredentialVersion = Pick<SourcedCredential, 'name' | 'version'>;

/** How long to wait. */
interface Wait {
  /** On the monotonic clock, so that nobody who sets the clock back stops the renewals … */
  readonly notBefore: Millis;
  /** … and on the wall clock, which goes on while the machine sleeps: whichever comes first. */
  readonly nextAttemptAt: Instant;
}

/** How the attempts with one version of one credential went, up to the last. */
export interface FailedAttempt extends Wait {
  readonly version: string;
  readonly failuresInARow: number;
}

/** Which credentials failed and how long each has to wait; each on its own. Failures count against the version that failed: a new one starts afresh. */
export class FailedAttempts {
  readonly #clock: Clock;
  readonly #backOff: BackOff;
  readonly #last = new Map<CredentialName, FailedAttempt>();
  /** What other processes said, as first seen here. */
  readonly #shared = new Map<CredentialName, Wait>();

  constructor(clock: Clock, backOff: BackOff) {
    this.#clock = clock;
    this.#backOff = backOff;
  }

  /**
   * @param life of the token that is at stake, null where none is held
   * @param shared what any process said last, so that a row of failures is one row whoever met them
   */
  add(
    credential: CredentialVersion,
    failure: ExchangeFailure,
    life: Millis | null,
    shared: CredentialStatusRecord | null = null,
  ): FailedAttempt {
    const byOthers = shared?.attempt?.version === credential.version ? shared.attempt.failuresInARow : 0;
    // Another process may have ended the row since.
    const own = shared?.failing === false ? 0 : (this.last(credential)?.failuresInARow ?? 0);
    const failuresInARow = Math.max(own, byOthers) + 1;
    const delay = this.#backOff.delay(failuresInARow, failure.retryable, failure.retryAfter, life);
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

  /** @param shared what any process said last: where one has to wait, all do */
  mustWait(credential: CredentialVersion, shared: CredentialStatusRecord | null = null): boolean {
    return this.waitFor(credential, shared) > 0;
  }

  /** How long until the next attempt may be made; 0 where it may be made now. */
  waitFor(credential: CredentialVersion, shared: CredentialStatusRecord | null = null): Millis {
    const attempts = [this.last(credential), this.#attemptOf(credential, shared)];
    return millis(Math.max(0, ...attempts.map((attempt) => (attempt ? this.#left(attempt) : 0))));
  }

  forget(name: CredentialName): void {
    this.#last.delete(name);
    this.#shared.delete(name);
  }

  /** Nobody has to wait any more, for nothing that is known so far. */
  clear(): void {
    this.#last.clear();
    for (const [name, attempt] of this.#shared) this.#shared.set(name, { ...attempt, notBefore: millis(0) });
  }

  /**
   * What a report says of an attempt, with a limit on this process's own clock from when it was first seen: the
   * length its writer chose, whatever the two clocks think of each other.
   */
  #attemptOf({ name, version }: CredentialVersion, shared: CredentialStatusRecord | null): Wait | null {
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
