import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';

interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/**
 * A forward proxy (RFC 9110 §9.3.6, CONNECT). It leads every host to the server that a test names for it, so
 * the hosts need no DNS, and a client that ignores the proxy fails.
 */
export class ConnectProxy implements AsyncDisposable {
  /** The hosts, with ports, that clients asked for, in order. */
  readonly tunnels: string[] = [];
  readonly #servers: Array<HttpServer | TlsServer> = [];
  readonly #sockets = new Set<Socket>();
  readonly #ports = new Map<string, number>();
  readonly #proxy = createServer((_, response) => response.writeHead(405).end());

  private constructor() {
    this.#servers.push(this.#proxy);
    this.#proxy.on('connect', ({ url = '' }, socket: Socket, head: Buffer) => {
      this.tunnels.push(url);
      const port = this.#ports.get(url.split(':')[0] ?? '');
      if (port === undefined) return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      const far = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        far.write(head);
        this.#join(socket, far);
      });
    });
  }

  static async start(): Promise<ConnectProxy> {
    const proxy = new ConnectProxy();
    await listen(proxy.#proxy);
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.#proxy)}`;
  }

  /** Puts TLS in front of a plain HTTP server, and leads the host there. Returns the port for direct use. */
  async lead(host: string, origin: string, { key, cert }: KeyPair): Promise<number> {
    const server = createTlsServer({ key, cert }, (near) => {
      this.#join(near, connect(Number(new URL(origin).port), '127.0.0.1'));
    });
    this.#servers.push(server);
    await listen(server);
    this.#ports.set(host, portOf(server));
    return portOf(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = this.#servers.map((server) => once(server, 'close'));
    for (const server of this.#servers) server.close();
    await Promise.all(closed);
  }

  #join(near: Socket, far: Socket): void {
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    near.pipe(far).pipe(near);
  }
}

async function listen(server: HttpServer | TlsServer): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

const portOf = (server: HttpServer | TlsServer): number => (server.address() as AddressInfo).port;
