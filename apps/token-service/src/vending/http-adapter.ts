import type { Socket } from 'node:net';

import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Problem } from './problem.ts';
import { toProblem } from './to-problem.ts';

const BODY_LIMIT_BYTES = 64 * 1024;
const HEADERS_LIMIT_BYTES = 16 * 1024;
/** A caller that needs longer than this to send its request is cut off. */
const REQUEST_LIMIT_MS = 30_000;

/** Fastify with bounds on everything a stranger can send, and refusals as problem details down to the socket. */
export function createHttpAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    skipMiddie: true,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_LIMIT_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    http: { maxHeaderSize: HEADERS_LIMIT_BYTES, headersTimeout: REQUEST_LIMIT_MS },
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error);
      void reply.code(problem.status).headers(problem.toHeaders()).send(problem.toBody());
    },
  });
}

/** What Node's HTTP parser refused never becomes a request: answered on the bare socket. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const problem = unreadable(error.code);
  const body = problem.toBody();
  const headers = {
    ...problem.toHeaders(),
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} Refused\r\n${lines.join('')}\r\n${body}`);
}

function unreadable(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('invalid_request', 'The headers are larger than this service reads (16 KiB).', {
        status: 431,
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('invalid_request', 'The request took too long to arrive.', { status: 408 });
    default:
      return new Problem('invalid_request', 'This is not an HTTP/1.1 request.');
  }
}
