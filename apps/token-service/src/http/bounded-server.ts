import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';

import type { ConnectionRoom } from './connection-room.ts';
import { RequestQueues } from './request-queue.ts';

/** How long a client may take no byte of its answer. Node notices up to one such period later. */
export const STALL_LIMIT_MS = 30_000;
const CHECKS_PER_LIMIT = 6;

interface ServerLimits {
  /** Several servers may share one. */
  readonly room: ConnectionRoom;
  readonly stallMs?: number;
}

/**
 * Creates an HTTP server with limits on its connections, on the requests that wait on one of them, and on the
 * time that an answer stays unread.
 */
export function createBoundedServer(
  options: ServerOptions,
  handle: RequestListener,
  { room, stallMs: stallLimitMs = STALL_LIMIT_MS }: ServerLimits,
): Server {
  const queues = new RequestQueues(handle);
  const server = createServer(options, queues.add);
  server.on('connection', (socket) => room.add(socket, queues.open(socket)));
  // Not `server.timeout`: with that, Node starts a timer for each request. Node removes the timeout of this
  // loop at the end of the answer.
  const checks = setInterval(() => {
    for (const socket of queues.sockets()) {
      if (socket.writableLength > 0 && !socket.timeout) socket.setTimeout(stallLimitMs);
    }
  }, stallLimitMs / CHECKS_PER_LIMIT).unref();
  server.once('close', () => clearInterval(checks));
  server.on('timeout', (socket) => {
    // A long poll and an event stream may be silent. `requestTimeout` limits a body that does not arrive.
    const isSilent = socket.writableLength === 0 && queues.isBusy(socket);
    if (!isSilent) socket.destroy();
  });
  return server;
}
