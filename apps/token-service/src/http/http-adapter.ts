import type { Socket } from 'node:net';

import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Problem } from './problem.ts';
import { requestIdOf } from './request-id.ts';
import { toProblem } from './to-problem.ts';

const BODY_LIMIT_BYTES = 64 * 1024;
const HEADERS_LIMIT_BYTES = 16 * 1024;
/** The maximum of long polls (16,384), and a quarter as many other connections. */
const MAX_CONNECTIONS = 20_480;

/** How long a client may take to send a request. The server then closes the connection. */
interface TimeLimits {
  readonly headersMs: number;
  readonly requestMs: number;
  /** How often the server checks these limits. */
  readonly checkEveryMs: number;
}

const TIME_LIMITS: TimeLimits = { headersMs: 10_000, requestMs: 30_000, checkEveryMs: 2_000 };

/**
 * Creates Fastify with limits on everything that a client sends. Its own errors are problem details too, even
 * those of the HTTP parser.
 * @param trustedProxies addresses and networks of the proxies whose `X-Forwarded-For` counts; null: none
 */
export function createHttpAdapter(
  trustedProxies: string[] | null,
  limits: TimeLimits = TIME_LIMITS,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    logger: false,
    skipMiddie: true,
    trustProxy: trustedProxies ?? false,
    genReqId: requestIdOf,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: limits.requestMs,
    forceCloseConnections: 'idle',
    // During the shutdown, a request on an open connection is answered, with `connection: close`.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    http: {
      maxHeaderSize: HEADERS_LIMIT_BYTES,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.checkEveryMs,
    },
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error);
      void reply
        .code(problem.status)
        .headers({ ...problem.toHeaders(), 'x-request-id': request.id })
        .send(problem.toBody());
    },
  });
  const fastify = adapter.getInstance();
  fastify.server.maxConnections = MAX_CONNECTIONS;
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('x-request-id', request.id);
    done();
  });
  return adapter;
}

/**
 * Answers what Node's HTTP parser rejects. It never becomes a request, so the response goes to the bare
 * socket.
 */
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
