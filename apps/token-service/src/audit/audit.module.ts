import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

import { VENDING_CONFIG } from '../config/settings.ts';
import { provideFrom } from '../injection/provide.ts';
import { LOG_DESTINATION } from '../logging/create-log.ts';
import { AUDIT_LOG, AuditLog } from './audit-log.ts';

/** The audit of requests for a token, and of reports and revocations. */
@Module({
  providers: [
    provideFrom(
      AUDIT_LOG,
      { config: VENDING_CONFIG, destination: LOG_DESTINATION },
      ({ config, destination }) => (config.AUDIT === 'on' ? new AuditLog(destination) : null),
    ),
  ],
  exports: [AUDIT_LOG],
})
export class AuditModule implements OnModuleInit {
  readonly #host: HttpAdapterHost;

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    this.#host = host;
  }

  /** Fastify requires the field of a request to be declared before the first request. */
  onModuleInit(): void {
    const fastify = this.#host.httpAdapter.getInstance<FastifyInstance>();
    fastify.decorateRequest('auditRecord', null);
  }
}
