import { setTimeout as delay } from 'node:timers/promises';

import { millis } from '#libs/tokens';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { Logger } from 'pino';

import type { Readiness } from './readiness.ts';

/** How long a warm-up waits for the next credential to get its token or its first failure. */
const PROGRESS_LIMIT = millis(10_000);
const RETRY_EVERY = millis(100);

/**
 * What a process does once before it is ready. It begins when the server listens, and the start does not wait
 * for it. Until the process knows its credentials it is not ready, however long that takes: an unknown name
 * may then be one that was not read yet.
 */
export abstract class WarmUp implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #host: HttpAdapterHost;
  readonly #readiness: Readiness;
  readonly #log: Logger;
  #isStopped = false;

  constructor(host: HttpAdapterHost, readiness: Readiness, log: Logger) {
    this.#host = host;
    this.#readiness = readiness;
    this.#log = log;
  }

  /** A process that cannot listen ends, so it must not begin an exchange. */
  onApplicationBootstrap(): void {
    this.#host.listen$.subscribe(() => void this.#run());
  }

  beforeApplicationShutdown(): void {
    this.#isStopped = true;
  }

  /** Tries to learn all credentials. Returns whether they are known. */
  protected abstract readCredentials(): Promise<boolean>;

  /** Tries each due credential once. */
  protected abstract tryDue(): Promise<void>;

  async #run(): Promise<void> {
    try {
      while (!(await this.readCredentials())) {
        if (this.#isStopped) return;
        await delay(RETRY_EVERY, undefined, { ref: false });
      }
      await this.#whileInProgress(this.tryDue().then(() => true));
      this.#readiness.markWarmedUp();
      this.#log.info({ event: 'warm-up.done', ready: this.#readiness.isReady }, 'warm-up done');
    } catch (error) {
      this.#log.fatal({ err: error }, 'the warm-up failed');
    }
  }

  /** Waits for `work`, but only as long as credentials go on to be tried. */
  async #whileInProgress(work: Promise<boolean>): Promise<void> {
    const timeout = new AbortController();
    try {
      for (let tried = -1; tried !== this.#readiness.tried;) {
        tried = this.#readiness.tried;
        const limit = delay(PROGRESS_LIMIT, false, { signal: timeout.signal, ref: false });
        limit.catch(() => undefined);
        if (await Promise.race([work, limit])) return;
      }
    } finally {
      timeout.abort();
    }
  }
}
