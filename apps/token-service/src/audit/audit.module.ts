import { CallersFile } from '#libs/callers';
import { SystemClock } from '#libs/tokens';
import { Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { VENDING_CONFIG } from '../config/settings.ts';
import { provideFrom } from '../injection/provide.ts';
import { LOG_DESTINATION } from '../logging/create-log.ts';
import { AUDIT_LOG, AuditLog } from './audit-log.ts';
import { AuditMetrics } from './audit-metrics.ts';
import { RefusalSampler } from './refusal-sampler.ts';

/** The audit of requests for a token, and of reports and revocations. */
@Module({
  providers: [
    provideFrom(
      AUDIT_LOG,
      { config: VENDING_CONFIG, destination: LOG_DESTINATION, sampler: RefusalSampler, callers: CallersFile },
      ({ config, destination, sampler, callers }) =>
        config.AUDIT === 'off'
          ? null
          : new AuditLog(destination, {
              sampler,
              isRequired: config.AUDIT_REQUIRED,
              isKey: (text) => callers.registry.byKey(text) !== null,
            }),
    ),
    { provide: RefusalSampler, useFactory: () => new RefusalSampler(new SystemClock()) },
    AuditMetrics,
  ],
  exports: [AUDIT_LOG],
})
export class AuditModule implements OnModuleInit, OnApplicationShutdown {
  readonly #host: HttpAdapterHost;
  readonly #audit: AuditLog | null;

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost, @Inject(AUDIT_LOG) audit: AuditLog | null) {
    this.#host = host;
    this.#audit = audit;
  }

  /** Fastify requires the field of a request to be declared before the first request. */
  onModuleInit(): void {
    const fastify = this.#host.httpAdapter.getInstance<FastifyInstance>();
    fastify.decorateRequest('auditRecord', null);
  }

  /** The last requests are answered: what has no line of its own is stated now. */
  onApplicationShutdown(): void {
    this.#audit?.summarise();
  }
}
