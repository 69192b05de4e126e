import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Connections over which nobody has asked anything. Browsers open some in advance, and Node takes them for requests
 * that are just arriving: a hand-over would wait for them.
 */
export class UnusedConnections {
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', ({ socket }) => this.#sockets.delete(socket));
  }

  hangUp(): void {
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }
}
