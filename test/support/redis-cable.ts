import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A line to a server on this machine that can be cut the way networks are: open at both ends, and nothing comes through. */
export class Cable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Lays a line to a port on loopback. */
  static async to(port: number): Promise<Cable> {
    const server = createServer();
    const cable = new Cable(server);
    server.on('connection', (near) => {
      const far = connect(port, '127.0.0.1');
      for (const [socket, peer] of [
        [near, far],
        [far, near],
      ] as const) {
        cable.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => cable.#sockets.delete(socket));
        socket.pipe(peer);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return cable;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Lets nothing more through on the connections there are; new ones work. */
  cut(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  remove(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
