import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** Replaces `STALL_LIMIT_MS` at shutdown. Twice this must be less than `DRAIN_LIMIT_MS` in main.ts. */
const SHUTDOWN_STALL_LIMIT_MS = 3_000;

/**
 * Closes the connections that would delay the shutdown. Browsers open some in advance and send no request on
 * them. Node counts those as requests that are arriving. On the others the service shortens the stall limit,
 * which also ends requests that stop halfway.
 */
@Injectable()
export class OpenConnections implements OnModuleInit, OnModuleDestroy {
  readonly #host: HttpAdapterHost;
  readonly #open = new Set<Socket>();

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    this.#host = host;
  }

  onModuleInit(): void {
    this.#server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  onModuleDestroy(): void {
    this.#server.timeout = SHUTDOWN_STALL_LIMIT_MS;
    for (const socket of this.#open) {
      if (socket.bytesRead === 0) socket.destroy();
      else socket.setTimeout(SHUTDOWN_STALL_LIMIT_MS);
    }
  }

  get #server(): Server {
    return this.#host.httpAdapter.getHttpServer() as Server;
  }
}
