import { StoreSync, TokenRefresher } from '#libs/tokens';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Logger } from 'pino';

import { LOG } from '../logging/create-log.ts';
import { Readiness } from '../status/readiness.ts';
import { WarmUp } from '../status/warm-up.ts';
import { SourcePoller } from './source-poller.ts';

/**
 * The warm-up of a process with credentials. It polls the store first, so that a restart costs no exchange.
 */
@Injectable()
export class RefreshingWarmUp extends WarmUp {
  readonly #sync: StoreSync;
  readonly #source: SourcePoller;
  readonly #refresher: TokenRefresher;

  constructor(
    @Inject(HttpAdapterHost) host: HttpAdapterHost,
    @Inject(Readiness) readiness: Readiness,
    @Inject(LOG) log: Logger,
    @Inject(StoreSync) sync: StoreSync,
    @Inject(SourcePoller) source: SourcePoller,
    @Inject(TokenRefresher) refresher: TokenRefresher,
  ) {
    super(host, readiness, log);
    this.#sync = sync;
    this.#source = source;
    this.#refresher = refresher;
  }

  protected override async readCredentials(): Promise<boolean> {
    const storeAnswers = await this.#sync.poll();
    // `tick` would skip the poll where a scheduled one has begun and is not over.
    await this.#source.pollNow();
    return this.#refresher.hasListed || (storeAnswers && (await this.#sync.hasListing()));
  }

  protected override tryDue(): Promise<void> {
    return this.#refresher.refreshAllDue();
  }
}
