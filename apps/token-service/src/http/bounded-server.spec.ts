import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { eventually } from '../../../../test/support/eventually.ts';
import { createBoundedServer } from './bounded-server.ts';
import { ConnectionRoom } from './connection-room.ts';
import { MAX_WAITING } from './request-queue.ts';

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

/** More than the buffers of both ends of a connection hold. */
const MORE_THAN_BUFFERS = Buffer.alloc(64 * 1024 * 1024);

const KEEP_ALIVE_MS = 3_000;

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Starts a server and sends it these requests on one connection. */
async function send(paths: readonly string[], handle: Handle, stallLimitMs?: number): Promise<Socket> {
  server = createBoundedServer({ keepAliveTimeout: KEEP_ALIVE_MS, keepAliveTimeoutBuffer: 0 }, handle, {
    room: new ConnectionRoom({ total: 8, perAddress: 8 }),
    ...(stallLimitMs && { stallMs: stallLimitMs }),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
  return socket;
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `/${index}`);

/** Answers with the path, and lists the requested paths. */
function echo(): { requested: string[]; handle: Handle } {
  const requested: string[] = [];
  return {
    requested,
    handle: ({ url = '' }, response) => {
      requested.push(url);
      response.setHeader('content-length', url.length + 2).end(`[${url}]`);
    },
  };
}

/** The paths that were answered, once this many were or the connection is closed. */
async function answered(socket: Socket, count = Infinity): Promise<string[]> {
  let text = '';
  const paths = (): string[] => [...text.matchAll(/\[(\/[^\]]*)\]/g)].map(([, path = '']) => path);
  socket.on('data', (chunk) => (text += String(chunk)));
  await eventually(
    async () => paths().length,
    (length) => length >= count || socket.closed,
  );
  return paths();
}

const openConnections = (): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });

describe('pipelined requests on a bounded server', () => {
  it.each([2, 10, MAX_WAITING + 1])('are answered in order: %i of them', async (count) => {
    const { requested, handle } = echo();
    const socket = await send(numbered(count), handle);
    expect(await answered(socket, count)).toEqual(numbered(count));
    expect(requested).toEqual(numbered(count));
    expect(socket.closed).toBe(false);
  });

  it('close the connection if too many wait, and most are not handled', async () => {
    const { requested, handle } = echo();
    const socket = await send(numbered(2_000), handle);
    expect((await answered(socket)).length).toBeLessThanOrEqual(MAX_WAITING + 1);
    expect(requested.length).toBeLessThanOrEqual(MAX_WAITING + 1);
  });

  it('are handled one after another, also if the answer takes some time', async () => {
    let running = 0;
    let most = 0;
    const socket = await send(numbered(5), ({ url }, response) => {
      most = Math.max(most, (running += 1));
      setTimeout(() => response.end(`[${url}]`), 1);
      response.once('finish', () => (running -= 1));
    });
    expect(await answered(socket, 5)).toEqual(numbered(5));
    expect(most).toBe(1);
  });

  it('are not handled after an answer that closes the connection', async () => {
    const { requested, handle } = echo();
    const socket = await send(numbered(5), (request, response) => {
      if (request.url === '/1') response.setHeader('connection', 'close');
      handle(request, response);
    });
    expect(await answered(socket)).toEqual(['/0', '/1']);
    expect(requested).toEqual(['/0', '/1']);
  });

  it.each([
    ['Transfer-Encoding: chunked', '0\r\n\r\n'],
    ['TRANSFER-ENCODING:chunked', '5\r\nhello\r\n0\r\n\r\n'],
    ['Transfer-Encoding: gzip, chunked', '0\r\n\r\n'],
    ['Transfer-Encoding: identity', ''],
    ['Transfer-Encoding: chunked\r\nContent-Length: 5', '0\r\n\r\n'],
  ])('are not handled after an HTTP/1.0 request with %j', async (header, body) => {
    const { requested, handle } = echo();
    const socket = await send([], handle);
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    socket.write(
      `POST /0 HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n${header}\r\n\r\n${body}${smuggled}`,
    );
    await answered(socket);
    expect(socket.closed).toBe(true);
    expect(requested).not.toContain('/smuggled');
  });

  it('are handled after an HTTP/1.0 request that keeps its connection alive', async () => {
    const { handle } = echo();
    const socket = await send([], handle);
    socket.write(
      'GET /0 HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\nGET /1 HTTP/1.1\r\nHost: x\r\n\r\n',
    );
    expect(await answered(socket, 2)).toEqual(['/0', '/1']);
  });

  it('are not handled while the client does not read the answer before them', async () => {
    const requested: string[] = [];
    const socket = await send(numbered(10), ({ url = '', socket: serverSide }, response) => {
      requested.push(url);
      response.end(serverSide.bytesWritten === 0 ? MORE_THAN_BUFFERS : '');
    });
    socket.pause();
    await eventually(
      async () => requested.length,
      (length) => length > 0,
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(requested).toEqual(['/0']);
  });
});

describe('a connection to a bounded server', () => {
  it('is closed if the client reads nothing of its answer', async () => {
    const socket = await send(['/'], (_request, response) => response.end(MORE_THAN_BUFFERS), 50);
    socket.pause();
    await once(server, 'connection');
    expect(await eventually(openConnections, (count) => count === 0)).toBe(0);
  });

  it('stays open while the client reads slowly', async () => {
    const stallLimitMs = 1_000;
    const socket = await send(['/'], (_request, response) => response.end(MORE_THAN_BUFFERS), stallLimitMs);
    let read = 0;
    const start = performance.now();
    socket.pause();
    while (read < MORE_THAN_BUFFERS.length && !socket.closed) {
      const chunk = socket.read() as Buffer | null;
      read += chunk?.length ?? 0;
      // Spreads the answer over four times the limit.
      const due = (4 * stallLimitMs * read) / MORE_THAN_BUFFERS.length;
      const ahead = due - (performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, chunk === null ? 1 : Math.max(0, ahead)));
    }
    expect(read).toBeGreaterThanOrEqual(MORE_THAN_BUFFERS.length);
  });

  it('stays open while there is no answer yet', async () => {
    const stallLimitMs = 50;
    const socket = await send(
      ['/'],
      (_request, response) => void setTimeout(() => response.end('[/]'), 10 * stallLimitMs),
      stallLimitMs,
    );
    expect(await answered(socket, 1)).toEqual(['/']);
  });

  it('stays open between two events of a stream', async () => {
    const stallLimitMs = 50;
    const socket = await send(
      ['/'],
      (_request, response) => {
        response.write('[/begin]');
        setTimeout(() => response.write('[/later]'), 10 * stallLimitMs);
      },
      stallLimitMs,
    );
    expect(await answered(socket, 2)).toEqual(['/begin', '/later']);
  });

  it('stays open between two requests, and is closed when it is idle for too long', async () => {
    const { handle } = echo();
    const stallLimitMs = 50;
    const socket = await send(['/0'], handle, stallLimitMs);
    await answered(socket, 1);
    await new Promise((resolve) => setTimeout(resolve, 5 * stallLimitMs));
    socket.write('GET /1 HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await answered(socket)).toEqual(['/1']);
    expect(socket.closed).toBe(true);
  });
});
