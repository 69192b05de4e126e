import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { Readiness } from './readiness.ts';
import type { Health } from './status-schema.ts';

/** The probes of orchestrators. They need no authentication and return only yes or no. */
@Controller()
export class HealthController {
  readonly #readiness: Readiness;

  constructor(@Inject(Readiness) readiness: Readiness) {
    this.#readiness = readiness;
  }

  /** Liveness: the process answers. */
  @Get('livez')
  @Header('cache-control', 'no-store')
  livez(): Health {
    return { status: 'ok' };
  }

  /** Readiness: the process can serve callers. */
  @Get('readyz')
  @Header('cache-control', 'no-store')
  readyz(@Res({ passthrough: true }) reply: FastifyReply): Health {
    if (this.#readiness.isReady) return { status: 'ok' };
    void reply.code(503);
    return { status: 'error' };
  }
}
