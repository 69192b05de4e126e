import { HttpException } from '@nestjs/common';

import { Problem } from './problem.ts';

/** Any error that reached the edge, as a problem. What nobody foresaw stays inside: the caller learns only that it failed. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = statusOf(error);
  if (status === 404)
    return new Problem('route_not_found', 'There is nothing at this path; see the README for what there is.');
  if (status >= 400 && status < 500) return new Problem('invalid_request', explain(error), { status });
  return new Problem('internal_error', 'The service failed at this request; its log has the details.');
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
}

/** Fastify's own refusals, by their documented codes; its messages may quote the request, so they stay inside. */
function explain(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return 'The body is larger than this service reads (64 KiB).';
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'The content-type of the body is not one this route reads.';
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return 'The body is not valid JSON.';
    case 'FST_ERR_BAD_URL':
      return 'The path is not a valid URL path: check its percent-encoding.';
    default:
      return 'The request can not be understood.';
  }
}
