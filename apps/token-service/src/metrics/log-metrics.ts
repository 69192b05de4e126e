import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';

import { LOG_DESTINATION } from '../logging/create-log.ts';
import type { LogHealth } from '../logging/log-destination.ts';

/** Whether the log and the audit are written. A log that fails cannot report it itself. */
@Injectable()
export class LogMetrics implements OnModuleInit {
  readonly #registry: Registry;
  readonly #log: LogHealth;

  constructor(@Inject(Registry) registry: Registry, @Inject(LOG_DESTINATION) log: LogHealth) {
    this.#registry = registry;
    this.#log = log;
  }

  onModuleInit(): void {
    const log = this.#log;
    const up = new Gauge({
      name: 'ims_log_up',
      help: '1 while the log and the audit can be written',
      registers: [],
      collect() {
        this.set(log.isUp ? 1 : 0);
      },
    });
    const droppedLines = new Counter({
      name: 'ims_log_dropped_lines_total',
      help: 'Lines of the log and the audit that were not written and never will be',
      registers: [],
      collect() {
        this.reset();
        this.inc(log.droppedLines);
      },
    });
    this.#registry.registerMetric(up);
    this.#registry.registerMetric(droppedLines);
  }
}
