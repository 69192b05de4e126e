import { CallersFile, type IssuerEvent } from '#libs/callers';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Logger } from 'pino';

import { LOG } from '../logging/create-log.ts';
import { oneAtATime } from '../scheduling/one-at-a-time.ts';

/** Reads the callers file again every second or so: whoever is taken out of it is out within moments. Keeps the issuers' keys fresh. */
@Injectable()
export class CallersReloader implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #callers: CallersFile;
  readonly #log: Logger;
  readonly #reload = oneAtATime(() => this.#look());

  constructor(@Inject(CallersFile) callers: CallersFile, @Inject(LOG) log: Logger) {
    this.#callers = callers;
    this.#log = log;
    callers.onIssuerEvent((event) => this.#logIssuer(event));
  }

  /** The first caller should not have to wait for its issuer; the start does not either. */
  onApplicationBootstrap(): void {
    this.#callers.refreshIssuerKeys();
  }

  onApplicationShutdown(): void {
    this.#callers.close();
  }

  @Interval(1_000)
  follow(): Promise<void> {
    return this.#reload();
  }

  async #look(): Promise<void> {
    const changed = await this.#callers.reload();
    this.#callers.refreshIssuerKeys();
    if (!changed) return;
    const { ok, detail } = this.#callers.health;
    if (ok) this.#log.info({ event: 'callers-file.read', detail }, 'callers file read');
    else this.#log.error({ event: 'callers-file.broken', detail }, 'callers file can not be used');
  }

  #logIssuer(event: IssuerEvent): void {
    const { type, issuer } = event;
    if (type === 'issuer.up') {
      this.#log.info({ event: type, issuer }, "an issuer's keys are fetched");
      return;
    }
    const { reason, keysHeld } = event;
    const consequence = keysHeld
      ? 'those held stay in force'
      : 'its callers can not be recognised until they are';
    this.#log.error(
      { event: type, issuer, reason, keys_held: keysHeld },
      `an issuer's keys can not be fetched: ${consequence}`,
    );
  }
}
