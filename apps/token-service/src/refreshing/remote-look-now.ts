import { millis, RefresherClient } from '#libs/tokens';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';

import { LOG } from '../logging/create-log.ts';
import { LookNow } from './look-now.ts';

/** How long the refreshing process may take to poll its source. */
const LOOK_NOW_TIMEOUT = millis(30_000);

/** Passes `SIGHUP` of a process without credentials on to a refreshing process. */
@Injectable()
export class RemoteLookNow extends LookNow {
  readonly #refresher: RefresherClient;
  readonly #log: Logger;

  constructor(@Inject(RefresherClient) refresher: RefresherClient, @Inject(LOG) log: Logger) {
    super();
    this.#refresher = refresher;
    this.#log = log;
  }

  override async lookNow(): Promise<void> {
    const answer = await this.#refresher.send({ type: 'look-now' }, LOOK_NOW_TIMEOUT);
    if (answer === null) {
      this.#log.warn({ event: 'look-now.unanswered' }, 'no refreshing process answered: is one running?');
    } else {
      this.#log.info({ event: 'look-now.done' }, 'a refreshing process has polled the credential source');
    }
  }
}
