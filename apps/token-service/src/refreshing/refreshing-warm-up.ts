import { StoreSync, TokenRefresher } from '#libs/tokens';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Logger } from 'pino';

import { LOG } from '../logging/create-log.ts';
import { Readiness } from '../status/readiness.ts';
import { WarmUp } from '../status/warm-up.ts';
import { SourcePoller } from './source-poller.ts';

/**
 * The warm-up of a process with credentials. It reads the store too, so that a restart costs no exchange.
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
    // `tick` would skip the poll where a scheduled one has begun and is not over. It begins first: tokens of
    // the store wait for the documents with which they are checked at IMS.
    const polled = this.#source.pollNow();
    const storeAnswers = await this.#sync.poll();
    await polled;
    // Without documents they go into service unchecked.
    if (!this.#refresher.hasListed && storeAnswers) await this.#sync.poll();
    return this.#refresher.hasListed || (storeAnswers && (await this.#sync.hasListing()));
  }

  protected override tryDue(): Promise<void> {
    return this.#refresher.refreshAllDue();
  }
}
