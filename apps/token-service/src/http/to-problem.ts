import { HttpException } from '@nestjs/common';

import { Problem } from './problem.ts';

/** Turns any error into a problem. Of an unexpected error, the caller learns only that the request failed. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = statusOf(error);
  if (status === 404)
    return new Problem(
      'route_not_found',
      'Nothing answers this method at this path; /docs shows what there is.',
    );
  if (status >= 400 && status < 500) return new Problem('invalid_request', explain(status), { status });
  return new Problem('internal_error', 'The service failed at this request; its log has the details.');
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
}

/**
 * The detail for an error of Fastify. Fastify's own message may quote the request, so the response omits it.
 */
function explain(status: number): string {
  switch (status) {
    case 413:
      return 'The body is larger than this service reads (64 KiB).';
    case 414:
      return 'The path is longer than any this service knows.';
    case 415:
      return 'The content-type of the body is not one this route reads.';
    default:
      return 'The request cannot be understood: check the percent-encoding of its path and the syntax of its body.';
  }
}
