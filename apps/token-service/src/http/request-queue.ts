import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that may wait behind the one being answered. HTTP/1.1 clients rarely send even one ahead. */
export const MAX_WAITING = 32;

/**
 * The pipelined requests of one connection. Node emits all requests of a chunk, up to 64 KiB, before the
 * first answer is written. The queue passes them on one after another, so a connection has at most one answer
 * in memory. Clients repeat requests that were unanswered when their connection closed (RFC 9112 §9.3.2).
 */
class RequestQueue {
  readonly #socket: Socket;
  readonly #handle: RequestListener;
  readonly #waiting: [IncomingMessage, ServerResponse][] = [];
  readonly #next = (): void => {
    this.#isBusy = false;
    const exchange = this.#waiting.shift();
    // An answer with `Connection: close` is the last one.
    if (exchange !== undefined && this.#socket.writable) this.#answer(...exchange);
  };
  #isBusy = false;

  constructor(socket: Socket, handle: RequestListener) {
    this.#socket = socket;
    this.#handle = handle;
  }

  /** Whether a request is being answered. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Answers the request after those before it. Closes the connection if too many wait already. */
  add(request: IncomingMessage, response: ServerResponse): void {
    // After `destroy()` the parser still emits the rest of its chunk.
    if (!this.#socket.writable) return;
    // RFC 9112 §6.1: the framing of such a request is faulty.
    if (request.httpVersionMinor === 0 && request.headers['transfer-encoding'] !== undefined) {
      response.shouldKeepAlive = false;
    }
    if (!this.#isBusy) {
      this.#answer(request, response);
    } else if (this.#waiting.length < MAX_WAITING) {
      this.#waiting.push([request, response]);
    } else {
      this.#waiting.length = 0;
      this.#socket.destroy();
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    this.#isBusy = true;
    response.on('close', this.#next);
    this.#handle(request, response);
  }
}

/** The request queues of a server, one for each open connection. */
export class RequestQueues {
  readonly #handle: RequestListener;
  readonly #queues = new Map<Socket, RequestQueue>();

  constructor(handle: RequestListener) {
    this.#handle = handle;
  }

  /** The listener for the requests of the server. */
  readonly add: RequestListener = (request, response) =>
    this.#queues.get(request.socket)?.add(request, response);

  /** Opens the queue of a connection, and returns it. It lasts until the connection closes. */
  open(socket: Socket): { readonly isBusy: boolean } {
    const queue = new RequestQueue(socket, this.#handle);
    this.#queues.set(socket, queue);
    socket.once('close', () => this.#queues.delete(socket));
    return queue;
  }

  sockets(): Iterable<Socket> {
    return this.#queues.keys();
  }

  /** Whether a request of this connection is being answered. */
  isBusy(socket: Socket): boolean {
    return this.#queues.get(socket)?.isBusy === true;
  }
}
