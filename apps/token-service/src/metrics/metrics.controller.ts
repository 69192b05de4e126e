import { Controller, Get, Header, Inject, UseGuards } from '@nestjs/common';
import { Registry } from 'prom-client';

import { AcceptsAnyQuery, CallerGuard } from '../authentication/caller-guard.ts';

/** All metrics in the text format of Prometheus, for callers with the permission `status`. */
@Controller('metrics')
@UseGuards(CallerGuard)
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
