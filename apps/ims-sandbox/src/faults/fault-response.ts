import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusal, type ImsErrorBody } from '../wire/ims-refusal.ts';
import { requestOrigin } from '../wire/request-origin.ts';
import type { Fault } from './fault.ts';

const BODIES: Readonly<Record<number, ImsErrorBody>> = {
  401: refusal(401, 'invalid_client', 'invalid client_secret parameter').body,
  403: refusal(403, 'access_denied').body,
  429: refusal(429, 'too_many_requests', 'Too many requests').body,
};
const CLIENT_FAILURE: ImsErrorBody = refusal(400, 'bad_request').body;
// Verbatim, adobe-dev-console#124.
const SERVER_FAILURE: ImsErrorBody = refusal(500, 'internal_error', 'Please try again later').body;

const HTML =
  '<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>Please try again later.</body>\r\n</html>\r\n';
const TRUNCATED =
  '{"token_type":"bearer","access_token":"eyJhbGciOiJSUzI1NiIsIng1dSI6Imltc19uYTEta2V5LWF0LTEuY2VyIiwia2lkIjoiaW1z';

/** Ends a request as the fault demands. */
export function respondWithFault(fault: Fault, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (fault.retryAfter !== undefined) reply.header('Retry-After', String(fault.retryAfter));
  switch (fault.kind) {
    case 'hang':
      return reply.hijack();
    case 'drop':
      request.raw.socket.destroy();
      return reply.hijack();
    case 'malformed':
      return reply.code(200).type('application/json').send(TRUNCATED);
    case 'html':
      return reply
        .code(fault.status ?? 503)
        .type('text/html; charset=utf-8')
        .send(HTML);
    case 'status':
      return respondWithStatus(fault.status ?? 500, request, reply);
    case 'latency':
    case 'clock':
      // These two do not end the request.
      break;
  }
  return reply;
}

function respondWithStatus(status: number, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (status >= 300 && status < 400) reply.header('Location', `${requestOrigin(request)}/ims/elsewhere`);
  if (status < 400) return reply.code(status).send();
  return reply.code(status).send(BODIES[status] ?? (status < 500 ? CLIENT_FAILURE : SERVER_FAILURE));
}
