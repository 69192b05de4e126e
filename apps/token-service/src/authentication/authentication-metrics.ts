import { CallersFile, type AuthenticationFailure } from '#libs/callers';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';

/** The metrics of authentication: failures by reason, and the state of the callers file. */
@Injectable()
export class AuthenticationMetrics {
  readonly #failures: Counter<'reason'>;

  constructor(@Inject(Registry) registry: Registry, @Inject(CallersFile) callers: CallersFile) {
    this.#failures = new Counter({
      name: 'ims_authentication_failures_total',
      help: 'Requests whose caller could not be authenticated',
      labelNames: ['reason'],
      registers: [registry],
    });
    registry.registerMetric(
      new Gauge({
        name: 'ims_callers_file_ok',
        help: '1 while the callers file on disk is the one in force',
        registers: [],
        collect() {
          this.set(callers.health.ok ? 1 : 0);
        },
      }),
    );
    registry.registerMetric(
      new Gauge({
        name: 'ims_callers_file_confirmed_timestamp_seconds',
        help: 'When the callers file on disk was last read and in force',
        registers: [],
        collect() {
          this.set(callers.state.confirmedAt / 1000);
        },
      }),
    );
  }

  failed(reason: AuthenticationFailure): void {
    this.#failures.inc({ reason });
  }
}
