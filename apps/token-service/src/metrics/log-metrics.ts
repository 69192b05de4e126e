import { Counter, Gauge, type Registry, type RegistryContentType } from 'prom-client';

import type { LogHealth } from '../logging/log-destination.ts';

/** Whether the log and the audit are written: only the metrics can tell when they are not. */
export function describeLog(registry: Registry<RegistryContentType>, log: LogHealth): void {
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
  registry.registerMetric(up);
  registry.registerMetric(droppedLines);
}
