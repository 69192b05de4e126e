import type { Server, Socket } from 'node:net';

import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/**
 * Closes the connections that carried no request when the service stops. Browsers open some in advance. Node
 * counts them as requests that are arriving, so the shutdown would wait for them.
 */
@Injectable()
export class UnusedConnections implements OnModuleInit, OnModuleDestroy {
  readonly #host: HttpAdapterHost;
  readonly #open = new Set<Socket>();

  constructor(@Inject(HttpAdapterHost) host: HttpAdapterHost) {
    this.#host = host;
  }

  onModuleInit(): void {
    const server = this.#host.httpAdapter.getHttpServer() as Server;
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  onModuleDestroy(): void {
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
  }
}
