import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Connections over which nobody has asked anything. Browsers open some in advance, and Node takes them for requests
 * that are just arriving: a hand-over would wait for them.
 */
export class UnusedConnections {
  readonly #open = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  hangUp(): void {
    for (const socket of this.#open) if (socket.bytesRead === 0) socket.destroy();
  }
}
