import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

import { TokenWaiters } from './token-waiters.ts';

/** The number of open long polls. */
@Injectable()
export class LongPollGauge implements OnModuleInit {
  readonly #registry: Registry;
  readonly #waiters: TokenWaiters;

  constructor(@Inject(Registry) registry: Registry, @Inject(TokenWaiters) waiters: TokenWaiters) {
    this.#registry = registry;
    this.#waiters = waiters;
  }

  onModuleInit(): void {
    const waiters = this.#waiters;
    const gauge = new Gauge({
      name: 'ims_token_long_polls',
      help: 'Requests that wait in this process for another token than the one their caller has',
      registers: [],
      collect() {
        this.set(waiters.size);
      },
    });
    this.#registry.registerMetric(gauge);
  }
}
