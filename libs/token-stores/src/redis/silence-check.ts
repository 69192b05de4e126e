import { withDeadlineOr, type Millis } from '#libs/tokens';

import type { RedisFiles } from '../files/redis-files.ts';
import { explainSilence } from './explain-silence.ts';
import type { Endpoint, RedisAddress } from './redis-address.ts';
import { tlsOptions } from './redis-options.ts';

/** How long a connection over TLS may take before the check begins, in milliseconds. */
const SLOW_CONNECTION = 500;
/** How long the result of a check stays valid, in milliseconds. */
const VALID_FOR = 10_000;
/** The same for a check that found no reason: an overloaded machine may answer the next one. */
const VALID_WITHOUT_REASON = 1_000;
/** Errors of ioredis that do not tell why there is no answer. */
const SILENT =
  /Connection is closed|isn't writeable|max retries|ECONNRESET|EPIPE|timed out|ETIMEDOUT|slots cache/i;

/** Finds out why Redis does not answer, where ioredis does not report it. Asks once in a while. */
export class SilenceCheck {
  readonly #address: RedisAddress;
  readonly #files: RedisFiles;
  #hasAnswered = false;
  #slow: NodeJS.Timeout | undefined;
  #check: Promise<Error | null> | null = null;
  #validUntil = 0;

  constructor(address: RedisAddress, files: RedisFiles) {
    this.#address = address;
    this.#files = files;
  }

  /** Notes that a connection begins. */
  expectAnswer(): void {
    this.#hasAnswered = false;
    clearTimeout(this.#slow);
    // A handshake without an answer would take the whole time of the first operation.
    if (this.#address.tls) this.#slow = setTimeout(() => void this.#start(), SLOW_CONNECTION).unref();
  }

  /** Notes that Redis answers. */
  noteAnswer(): void {
    this.#hasAnswered = true;
    this.#check = null;
    clearTimeout(this.#slow);
  }

  /** The error behind an error that does not tell the reason, or that error. Waits at most for `limit`. */
  async explain(error: unknown, limit: Millis): Promise<unknown> {
    if (this.#hasAnswered || !(error instanceof Error) || !SILENT.test(error.message)) return error;
    return (await withDeadlineOr(limit, this.#start(), null)) ?? error;
  }

  #start(): Promise<Error | null> {
    const now = performance.now();
    if (this.#check === null || now > this.#validUntil) {
      this.#check = this.#explainAny();
      this.#validUntil = now + VALID_FOR;
    }
    return this.#check;
  }

  async #explainAny(): Promise<Error | null> {
    const tls = tlsOptions(this.#address, this.#files);
    const found = await Promise.all(endpointsOf(this.#address).map((each) => explainSilence(each, tls)));
    const reason = found.find((error) => error !== null) ?? null;
    if (reason === null) this.#validUntil = performance.now() + VALID_WITHOUT_REASON;
    return reason;
  }
}

function endpointsOf(address: RedisAddress): readonly Endpoint[] {
  switch (address.kind) {
    case 'single':
      return [address];
    case 'cluster':
      return address.seeds;
    case 'sentinel':
      return address.sentinels;
  }
}
