import { setTimeout as delay } from 'node:timers/promises';

import { millis, StoreSync } from '#libs/tokens';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Logger } from 'pino';

import { LOG } from '../logging/create-log.ts';
import { Readiness } from './readiness.ts';
import { WarmUp } from './warm-up.ts';

const RETRY_EVERY = millis(100);

/** The warm-up of a process without credentials: it polls the store until one poll succeeds. */
@Injectable()
export class ServingWarmUp extends WarmUp {
  readonly #sync: StoreSync;

  constructor(
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(Readiness) readiness: Readiness,
    @Inject(LOG) log: Logger,
    @Inject(StoreSync) sync: StoreSync,
  ) {
    super(host, readiness, log);
    this.#sync = sync;
  }

  protected override async run(limit: AbortSignal): Promise<void> {
    while (!(await this.#sync.poll()) && !limit.aborted) await delay(RETRY_EVERY, undefined, { ref: false });
  }
}
