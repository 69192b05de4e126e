import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * A kept-alive HTTP/1.1 connection with little CPU time: it sends one request at a time and counts response
 * bytes.
 */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer[] = [];
  #size = 0;
  /** The size of the current response in bytes. `Infinity` until its head is complete. */
  #expected = Infinity;
  #answered: () => void = () => undefined;

  private constructor(socket: Socket, failed: (error: Error) => void) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      try {
        this.#take(chunk);
      } catch (error) {
        failed(error as Error);
      }
    });
    socket.on('error', failed);
  }

  static async open(port: number, failed: (error: Error) => void): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket, failed);
  }

  /** Sends a request and calls `answered` when the response is complete. */
  request(bytes: Buffer, answered: () => void): void {
    this.#answered = answered;
    this.#socket.write(bytes);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received.push(chunk);
    this.#size += chunk.length;
    if (this.#expected === Infinity) this.#expected = expectedSize(Buffer.concat(this.#received));
    if (this.#size < this.#expected) return;
    this.#received = [];
    this.#size = 0;
    this.#expected = Infinity;
    this.#answered();
  }
}

/** The size of the whole response in bytes, or `Infinity` while its head is incomplete. */
function expectedSize(start: Buffer): number {
  const headEnd = start.indexOf(HEAD_END);
  if (headEnd < 0) return Infinity;
  const head = start.toString('latin1', 0, headEnd);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (!head.startsWith('HTTP/1.1 200 ') || length === undefined) {
    throw new Error(`unexpected response: ${head.split('\r\n')[0] ?? ''}`);
  }
  return headEnd + HEAD_END.length + Number(length);
}
