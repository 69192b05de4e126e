import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { Readiness } from './readiness.ts';
import type { Health } from './status-schema.ts';

/** The probes: for orchestrators, so without authentication, and telling nothing but yes or no. */
@Controller()
export class HealthController {
  readonly #readiness: Readiness;

  constructor(@Inject(Readiness) readiness: Readiness) {
    this.#readiness = readiness;
  }

  /** The process runs and answers. */
  @Get('livez')
  @Header('cache-control', 'no-store')
  livez(): Health {
    return { status: 'ok' };
  }

  /** Callers may be sent here. */
  @Get('readyz')
  @Header('cache-control', 'no-store')
  readyz(@Res({ passthrough: true }) reply: FastifyReply): Health {
    if (this.#readiness.isReady) return { status: 'ok' };
    void reply.code(503);
    return { status: 'error' };
  }
}
