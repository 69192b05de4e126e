import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { createBoundedServer, STALL_LIMIT_MS } from './bounded-server.ts';
import { connectionLimits, openFilesLimit } from './connection-limits.ts';
import { ConnectionRoom } from './connection-room.ts';
import { encodedBodyProblem } from './content-encoding.ts';
import { Problem } from './problem.ts';
import { refuseBadHeaders } from './request-headers.ts';
import { requestIdOf } from './request-id.ts';
import { toProblem } from './to-problem.ts';
import { trusts } from './trusted-proxies.ts';

const BODY_LIMIT_BYTES = 64 * 1024;
const HEADERS_LIMIT_BYTES = 16 * 1024;

/** Browsers must not take an answer for a script or a page (Fetch §3.7). */
const NO_SNIFFING = { 'x-content-type-options': 'nosniff' };

/** How long a client may take to send a request, read its answer or leave a connection idle. */
interface TimeLimits {
  readonly headersMs: number;
  readonly requestMs: number;
  /** How long a client may take no byte of its answer. */
  readonly stallMs: number;
  /** How long an idle connection stays open. */
  readonly keepAliveMs: number;
  /** How often the server checks the limits of a request. */
  readonly checkEveryMs: number;
}

const TIME_LIMITS: TimeLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  stallMs: STALL_LIMIT_MS,
  // Longer than load balancers keep an idle connection: 60 s at AWS.
  keepAliveMs: 75_000,
  checkEveryMs: 2_000,
};

/**
 * Creates Fastify with limits on everything that a client sends. Its own errors are problem details too, even
 * those of the HTTP parser.
 * @param trustedProxies addresses and networks of the proxies whose `X-Forwarded-For` counts; null: none
 */
export function createHttpAdapter(
  trustedProxies: string[] | null,
  changedLimits: Partial<TimeLimits> = {},
  room: ConnectionRoom = new ConnectionRoom(connectionLimits(openFilesLimit())),
): FastifyAdapter {
  const limits = { ...TIME_LIMITS, ...changedLimits };
  const adapter = new FastifyAdapter({
    logger: false,
    skipMiddie: true,
    trustProxy: trustedProxies === null ? false : trusts(trustedProxies),
    genReqId: requestIdOf,
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    // During the shutdown, a request on an open connection is answered, with `connection: close`.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    serverFactory: (handle: RequestListener) =>
      createBoundedServer(
        {
          maxHeaderSize: HEADERS_LIMIT_BYTES,
          headersTimeout: limits.headersMs,
          requestTimeout: limits.requestMs,
          keepAliveTimeout: limits.keepAliveMs,
          connectionsCheckingInterval: limits.checkEveryMs,
        },
        handle,
        { room, stallMs: limits.stallMs },
      ),
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error);
      void reply
        .code(problem.status)
        .headers({ ...problem.toHeaders(), ...NO_SNIFFING, 'x-request-id': request.id })
        .send(problem.toBody());
    },
  });
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', refuseBadHeaders);
  fastify.addHook('onRoute', (route) => {
    if (![route.method].flat().includes('POST')) return;
    // After the authentication and before the parser.
    route.preParsing = (request, _reply, _payload, done) => done(encodedBodyProblem(request.headers));
  });
  fastify.addHook('onSend', (request, reply, _payload, done) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
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
    ...NO_SNIFFING,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => `${name}: ${value}\r\n`),
  );
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
