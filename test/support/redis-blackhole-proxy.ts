import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP proxy that can drop traffic while its connections stay open, as a broken network does. */
export class BlackholeProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Starts a proxy for a port on 127.0.0.1. */
  static async start(port: number): Promise<BlackholeProxy> {
    const server = createServer();
    const proxy = new BlackholeProxy(server);
    server.on('connection', (near) => {
      const far = connect(port, '127.0.0.1');
      for (const [socket, peer] of [
        [near, far],
        [far, near],
      ] as const) {
        proxy.#sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => proxy.#sockets.delete(socket));
        socket.pipe(peer);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops all traffic of the open connections. New connections work. */
  blackhole(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
