import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';

import type { Problem } from './problem.ts';
import { toProblem } from './to-problem.ts';

/** Sends an error as problem details, and logs it where it is unexpected. Returns the problem. */
export function sendProblem(reply: FastifyReply, error: unknown, log: Logger): Problem {
  const problem = toProblem(error);
  if (problem.status >= 500 && problem !== error) log.error({ err: error }, 'request failed');
  void reply.code(problem.status).headers(problem.toHeaders()).send(problem.toBody());
  return problem;
}
