import { CallersFile } from '#libs/callers';
import { Inject, Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import type { Logger } from 'pino';

import { LOG } from '../logging/create-log.ts';

/** Reads the callers file again every second or so: whoever is taken out of it is out within moments. */
@Injectable()
export class CallersTicks {
  readonly #callers: CallersFile;
  readonly #log: Logger;

  constructor(@Inject(CallersFile) callers: CallersFile, @Inject(LOG) log: Logger) {
    this.#callers = callers;
    this.#log = log;
  }

  @Cron(CronExpression.EVERY_SECOND, { waitForCompletion: true })
  async followFile(): Promise<void> {
    if (!(await this.#callers.reload())) return;
    const { ok, detail } = this.#callers.health;
    if (ok) this.#log.info({ event: 'callers-file.read', detail }, 'callers file read');
    else this.#log.error({ event: 'callers-file.broken', detail }, 'callers file can not be used');
  }
}
