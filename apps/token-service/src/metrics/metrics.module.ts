import { Module } from '@nestjs/common';

import { HealthModule } from '../status/health.module.ts';
import { StoreModule } from '../store/store.module.ts';
import { CredentialGauges } from './credential-gauges.ts';
import { LogMetrics } from './log-metrics.ts';
import { MetricsPort } from './metrics-port.ts';
import { ProcessMetrics } from './process-metrics.ts';

/** The metrics that every role has, and the port for them and for the probes. */
@Module({
  imports: [HealthModule, StoreModule],
  providers: [CredentialGauges, LogMetrics, MetricsPort, ProcessMetrics],
})
export class MetricsModule {}
