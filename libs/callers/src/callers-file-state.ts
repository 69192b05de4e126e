import { type Clock, type Instant, type Millis, millis, toIso, toMillis, type Seconds } from '#libs/tokens';

import { CallersFileUnreadable, type CallersFileProblem } from './callers-file-problem.ts';

/** The file is read every second. After this time without an end, something is wrong with its disk. */
const LATE_AFTER = millis(60_000);
const UNFINISHED = 'the callers file takes minutes to read';

/** The health of the callers file, as `/v1/status` shows it. */
export interface CallersFileHealth {
  readonly ok: boolean;
  readonly detail: string;
}

/**
 * Whether the file on disk is the version in force, and since when it is not. Ages are on the monotonic
 * clock, so setting the wall clock denies no caller.
 */
export class CallersFileState {
  readonly #clock: Clock;
  readonly #maxAge: Millis | null;
  #confirmed: Millis;
  #confirmedAt: Instant;
  #problem: CallersFileProblem | null = null;

  /** @param maxAge after which no caller is authenticated; null: never */
  constructor(clock: Clock, maxAge: Seconds | null) {
    this.#clock = clock;
    this.#maxAge = maxAge === null ? null : toMillis(maxAge);
    this.#confirmed = clock.monotonic();
    this.#confirmedAt = clock.now();
  }

  /** Notes that the file on disk is in force. */
  confirm(): void {
    this.#confirmed = this.#clock.monotonic();
    this.#confirmedAt = this.#clock.now();
    this.#problem = null;
  }

  /** Notes that the file on disk is not in force. */
  fail(problem: CallersFileProblem): void {
    this.#problem = problem;
  }

  /** When the file on disk was last in force. */
  get confirmedAt(): Instant {
    return this.#confirmedAt;
  }

  /** Whether the callers in force are too old to authenticate anyone. */
  get isOutdated(): boolean {
    return this.#maxAge !== null && this.#age > this.#maxAge;
  }

  /** Why the file on disk is not in force; null where it is. */
  get problem(): CallersFileProblem | null {
    return this.#problem ?? (this.#age > LATE_AFTER ? new CallersFileUnreadable(UNFINISHED) : null);
  }

  /** @param inForce describes the callers in force */
  health(inForce: () => string): CallersFileHealth {
    const { problem } = this;
    if (problem === null) return { ok: true, detail: inForce() };
    const consequence = this.isOutdated
      ? 'No caller is authenticated, because CALLERS_FILE_MAX_AGE has passed.'
      : 'The last good version stays in force.';
    const since = `The file on disk was last in force at ${toIso(this.#confirmedAt)}.`;
    return { ok: false, detail: `${problem.message}. ${since} ${consequence}` };
  }

  get #age(): number {
    return this.#clock.monotonic() - this.#confirmed;
  }
}
