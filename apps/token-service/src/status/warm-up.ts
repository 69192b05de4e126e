import { setTimeout as delay } from 'node:timers/promises';

import { millis } from '#libs/tokens';
import type { OnApplicationBootstrap } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { Logger } from 'pino';

import type { Readiness } from './readiness.ts';

/** How long a warm-up may delay readiness. */
const WARM_UP_LIMIT = millis(10_000);

/**
 * What a process does once before it is ready. It begins when the server listens, and the start does not wait
 * for it.
 */
export abstract class WarmUp implements OnApplicationBootstrap {
  readonly #host: HttpAdapterHost;
  readonly #readiness: Readiness;
  readonly #log: Logger;

  constructor(host: HttpAdapterHost, readiness: Readiness, log: Logger) {
    this.#host = host;
    this.#readiness = readiness;
    this.#log = log;
  }

  /** A process that cannot listen ends, so it must not begin an exchange. */
  onApplicationBootstrap(): void {
    this.#host.listen$.subscribe(() => void this.#run());
  }

  /** @param limit aborts when the time is over or the warm-up has failed */
  protected abstract run(limit: AbortSignal): Promise<void>;

  async #run(): Promise<void> {
    try {
      await this.#runWithinLimit();
      this.#readiness.markWarmedUp();
    } catch (error) {
      this.#log.fatal({ err: error }, 'the warm-up failed');
    }
  }

  async #runWithinLimit(): Promise<void> {
    const limit = new AbortController();
    const timeout = delay(WARM_UP_LIMIT, undefined, { signal: limit.signal, ref: false });
    try {
      await Promise.race([this.run(limit.signal), timeout]);
    } finally {
      limit.abort();
      timeout.catch(() => undefined);
    }
  }
}
