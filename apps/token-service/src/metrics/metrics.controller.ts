import { Controller, Get, Header, Inject, UseGuards, UseInterceptors } from '@nestjs/common';
import { Registry } from 'prom-client';

import { AuditedRead } from '../audit/audited-read.ts';
import { AcceptsAnyQuery, CallerGuard, ShowsMetrics } from '../authentication/caller-guard.ts';

/** All metrics in the text format of Prometheus, for callers that may see every name in them. */
@Controller('metrics')
@UseGuards(CallerGuard)
@UseInterceptors(AuditedRead)
@ShowsMetrics()
@AcceptsAnyQuery()
export class MetricsController {
  readonly #registry: Registry;

  constructor(@Inject(Registry) registry: Registry) {
    this.#registry = registry;
  }

  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  @Header('cache-control', 'no-store')
  metrics(): Promise<string> {
    return this.#registry.metrics();
  }
}
