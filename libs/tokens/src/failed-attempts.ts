import type { BackOff } from './back-off.ts';
import type { Clock } from './clock.ts';
import type { SourcedCredential } from './credential.ts';
import type { CredentialName } from './credential-name.ts';
import type { ExchangeFailure } from './exchange-failure.ts';
import { later, millis, type Instant, type Millis } from './units.ts';

/** Which version of which document. */
type CredentialVersion = Pick<SourcedCredential, 'name' | 'version'>;

/** How the attempts with one version of one credential went, up to the last. */
export interface FailedAttempt {
  readonly version: string;
  readonly failuresInARow: number;
  /** On the monotonic clock, so that nobody who sets the clock back stops the renewals … */
  readonly notBefore: Millis;
  /** … and on the wall clock, which goes on while the machine sleeps: whichever comes first. */
  readonly nextAttemptAt: Instant;
}

/** Which credentials failed and how long each has to wait; each on its own. Failures count against the version that failed: a new one starts afresh. */
export class FailedAttempts {
  readonly #clock: Clock;
  readonly #backOff: BackOff;
  readonly #last = new Map<CredentialName, FailedAttempt>();

  constructor(clock: Clock, backOff: BackOff) {
    this.#clock = clock;
    this.#backOff = backOff;
  }

  /** @param life of the token that is at stake, null where none is held */
  add(credential: CredentialVersion, failure: ExchangeFailure, life: Millis | null): FailedAttempt {
    const failuresInARow = (this.last(credential)?.failuresInARow ?? 0) + 1;
    const delay = this.#backOff.delay(failuresInARow, failure.retryable, failure.retryAfter, life);
    const attempt = {
      version: credential.version,
      failuresInARow,
      notBefore: millis(this.#clock.monotonic() + delay),
      nextAttemptAt: later(this.#clock.now(), delay),
    };
    this.#last.set(credential.name, attempt);
    return attempt;
  }

  last({ name, version }: CredentialVersion): FailedAttempt | undefined {
    const attempt = this.#last.get(name);
    return attempt?.version === version ? attempt : undefined;
  }

  mustWait(credential: CredentialVersion): boolean {
    const last = this.last(credential);
    return (
      last !== undefined && this.#clock.monotonic() < last.notBefore && this.#clock.now() < last.nextAttemptAt
    );
  }

  forget(name: CredentialName): void {
    this.#last.delete(name);
  }

  clear(): void {
    this.#last.clear();
  }
}
