import { SourceReports, StoreSync } from '#libs/tokens';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Logger } from 'pino';

import { LOG } from '../logging/create-log.ts';
import { Readiness } from './readiness.ts';
import { WarmUp } from './warm-up.ts';

/**
 * The warm-up of a process without credentials: it polls the store until that answers, and a process with
 * credentials has written to it.
 */
@Injectable()
export class ServingWarmUp extends WarmUp {
  readonly #sync: StoreSync;
  readonly #sourceReports: SourceReports;

  constructor(
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(Readiness) readiness: Readiness,
    @Inject(LOG) log: Logger,
    @Inject(StoreSync) sync: StoreSync,
    @Inject(SourceReports) sourceReports: SourceReports,
  ) {
    super(host, readiness, log);
    this.#sync = sync;
    this.#sourceReports = sourceReports;
  }

  protected override async readCredentials(): Promise<boolean> {
    const isKnown = (await this.#sync.poll()) && (await this.#sync.hasListing());
    await this.#sourceReports.pull();
    return isKnown;
  }

  protected override async tryDue(): Promise<void> {
    // Processes that hold credentials try them.
  }
}
