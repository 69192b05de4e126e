import type { CredentialName, ExchangeFailure, TokenEvent } from '#libs/tokens';
import type { Logger } from 'pino';

/** An outage begins when so many credentials fail. Of fewer, each failed attempt is logged. */
const MIN_FAILING = 3;
/** It ends when so few are left: a single one may fail for a reason of its own. */
const MAX_LEFT = 1;

type Failed = Extract<TokenEvent, { type: 'exchange.failed' }>;

/** An outage of IMS, or of the way to it. */
interface Outage {
  /** In milliseconds since 1970. */
  readonly began: number;
  /** All credentials that have failed in it. */
  readonly affected: Set<CredentialName>;
  /** At least one for each of them. */
  failedAttempts: number;
}

/**
 * Tells an outage of IMS from a problem of one credential, and logs its begin and its end: with hundreds of
 * credentials, a line for each failed attempt would hide both.
 */
export class ImsOutageLog {
  readonly #log: Logger;
  readonly #now: () => number;
  /** The credentials whose last attempt failed as in an outage, with the time of their first such failure. */
  readonly #failing = new Map<CredentialName, number>();
  #outage: Outage | null = null;

  /** @param now milliseconds since 1970 */
  constructor(log: Logger, now: () => number = Date.now) {
    this.#log = log;
    this.#now = now;
  }

  /** Whether a failure is part of an outage that is logged as a whole. */
  covers(event: TokenEvent): boolean {
    return this.#outage !== null && event.type === 'exchange.failed' && isOfOutage(event.failure);
  }

  record(event: TokenEvent): void {
    switch (event.type) {
      case 'credential.removed':
      case 'token.minted':
        this.#recovered(event.name);
        return;
      case 'exchange.failed':
        if (isOfOutage(event.failure)) this.#failed(event);
        // IMS has answered, and refuses this credential.
        else this.#recovered(event.name);
        return;
      default:
    }
  }

  #failed({ name, failure }: Failed): void {
    if (!this.#failing.has(name)) this.#failing.set(name, this.#now());
    if (this.#outage !== null) {
      this.#outage.affected.add(name);
      this.#outage.failedAttempts += 1;
    } else if (this.#failing.size >= MIN_FAILING) this.#begin(failure);
  }

  #begin({ code, diagnosis }: ExchangeFailure): void {
    const began = Math.min(...this.#failing.values());
    this.#outage = { began, affected: new Set(this.#failing.keys()), failedAttempts: this.#failing.size };
    this.#log.error(
      {
        event: 'ims.down',
        since: new Date(began).toISOString(),
        credentials_failing: this.#failing.size,
        code,
        diagnosis,
      },
      'renewals fail at Adobe IMS; until most succeed, each failure is logged at the level debug only',
    );
  }

  #recovered(name: CredentialName): void {
    this.#failing.delete(name);
    const outage = this.#outage;
    if (outage === null || this.#failing.size > MAX_LEFT) return;
    this.#outage = null;
    this.#log.warn(
      {
        event: 'ims.up',
        since: new Date(outage.began).toISOString(),
        lasted_seconds: Math.round((this.#now() - outage.began) / 1000),
        credentials_affected: outage.affected.size,
        credentials_failing: this.#failing.size,
        failed_attempts: outage.failedAttempts,
      },
      'renewals succeed at Adobe IMS again',
    );
  }
}

/** Failures that pass without a change: IMS cannot be reached, is overloaded or broken. */
const isOfOutage = ({ code, retryable }: ExchangeFailure): boolean => retryable && code.startsWith('ims_');
