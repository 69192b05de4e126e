import { CallersFile, type IssuerEvent } from '#libs/callers';
import { SingleFlight } from '#libs/tokens';
import {
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import type { Logger } from 'pino';

import { LOG } from '../logging/create-log.ts';

/** Reads the callers file every second, so a caller that is taken out of it is denied within seconds. */
@Injectable()
export class CallersReloader implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  readonly #callers: CallersFile;
  readonly #log: Logger;
  readonly #reloads = new SingleFlight<'reload', void>();
  #onChange: () => void = () => undefined;
  #exposure: string | null = null;

  constructor(@Inject(CallersFile) callers: CallersFile, @Inject(LOG) log: Logger) {
    this.#callers = callers;
    this.#log = log;
  }

  onModuleInit(): void {
    this.#callers.onHandMadeKey((caller) =>
      this.#log.warn(
        { event: 'caller.hand-made-key', caller },
        'a key that ims-token caller-key did not make may be guessed: replace it',
      ),
    );
    this.#callers.onIssuerEvent((event) => this.#logIssuer(event));
  }

  /** Sets the one listener for changes of the callers or of the file's health. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Fetches the issuers' keys in the background, so the first caller does not wait for its issuer. */
  onApplicationBootstrap(): void {
    this.#callers.refreshIssuerKeys();
    this.#warnOfExposure();
  }

  onApplicationShutdown(): void {
    this.#callers.close();
  }

  @Interval(1_000)
  reload(): Promise<void> {
    return this.#reloads.run('reload', () => this.#reload());
  }

  async #reload(): Promise<void> {
    const changed = await this.#callers.reload();
    this.#callers.refreshIssuerKeys();
    this.#warnOfExposure();
    if (!changed) return;
    this.#onChange();
    const { health, state } = this.#callers;
    const { detail } = health;
    if (state.problem === null) this.#log.info({ event: 'callers-file.read', detail }, 'callers file read');
    else if (state.problem.code === 'callers_file_unreadable')
      this.#log.error({ event: 'callers-file.unreadable', detail }, 'callers file cannot be read');
    else this.#log.error({ event: 'callers-file.broken', detail }, 'callers file cannot be used');
  }

  /** Warns once per change of the mode. */
  #warnOfExposure(): void {
    const { exposure } = this.#callers;
    if (exposure === this.#exposure) return;
    this.#exposure = exposure;
    if (exposure === null) return;
    this.#log.warn({ event: 'callers-file.exposed', detail: exposure }, 'callers file is open to every user');
  }

  #logIssuer(event: IssuerEvent): void {
    const { type, issuer } = event;
    if (type === 'issuer.up') {
      this.#log.info({ event: type, issuer }, "an issuer's keys are fetched");
      return;
    }
    const { reason, keysHeld } = event;
    const consequence = keysHeld
      ? 'the keys fetched earlier stay in force'
      : 'its callers cannot be authenticated until they are';
    this.#log.error(
      { event: type, issuer, reason, keys_held: keysHeld },
      `an issuer's keys cannot be fetched: ${consequence}`,
    );
  }
}
