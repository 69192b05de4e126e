import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';

import { toProblem } from './to-problem.ts';

/** Writes every error that leaves a controller as problem details, and logs those nobody foresaw. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const problem = toProblem(error);
    if (problem.status >= 500 && problem !== error) this.#log.error({ err: error }, 'request failed');
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.code(problem.status).headers(problem.toHeaders()).send(problem.toBody());
  }
}
