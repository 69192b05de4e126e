import { Inject, Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

import { RefusalSampler } from './refusal-sampler.ts';

/** Counts the refusals that the audit only counts. */
@Injectable()
export class AuditMetrics {
  constructor(@Inject(Registry) registry: Registry, @Inject(RefusalSampler) sampler: RefusalSampler) {
    registry.registerMetric(
      new Counter({
        name: 'ims_audit_omitted_refusals_total',
        help: 'Refused requests of unauthenticated clients without an audit line of their own',
        registers: [],
        collect() {
          this.reset();
          this.inc(sampler.totalOmitted);
        },
      }),
    );
  }
}
