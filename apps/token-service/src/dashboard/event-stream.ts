import type { ServerResponse } from 'node:http';
import { constants, createGzip, type Gzip } from 'node:zlib';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // The connection ends with the stream: an idle connection would delay the shutdown.
  connection: 'close',
  vary: 'accept-encoding',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * One response of server-sent events, compressed where the browser accepts gzip. It sends each event at once.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #gzip: Gzip | null;
  readonly #closed: Promise<void>;
  #isOpen = true;

  constructor(response: ServerResponse, acceptEncoding: string | undefined) {
    this.#response = response;
    this.#gzip = /\bgzip\b/.test(acceptEncoding ?? '') ? createGzip({ memLevel: 7 }) : null;
    this.#closed = new Promise((resolve) => {
      const close = (): void => {
        this.#isOpen = false;
        this.#gzip?.destroy();
        resolve();
      };
      // The client may have disconnected during authentication.
      if (response.closed || response.destroyed) close();
      else response.once('close', close);
    });
    response.on('error', () => response.destroy());
    response.writeHead(200, { ...HEADERS, ...(this.#gzip && { 'content-encoding': 'gzip' }) });
    response.flushHeaders();
    this.#gzip?.pipe(response);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Resolves when the connection is closed, by either side. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** Sends one event. Resolves once the operating system has accepted it, or the connection is closed. */
  send(event: string, data: string): Promise<void> {
    return this.#write(`event: ${event}\ndata: ${data}\n\n`);
  }

  /** Sends an empty comment, which keeps the connection open in both ends and in proxies. */
  beat(): Promise<void> {
    return this.#write(':\n\n');
  }

  /** Ends the response after the sent events. */
  end(): void {
    (this.#gzip ?? this.#response).end();
  }

  /** Closes the connection at once. */
  cut(): void {
    this.#response.destroy();
  }

  #write(text: string): Promise<void> {
    if (!this.#isOpen) return Promise.resolve();
    const taken = new Promise<void>((resolve) => {
      const done = (): void => resolve();
      if (this.#gzip === null) this.#response.write(text, done);
      else {
        this.#gzip.write(text);
        this.#gzip.flush(constants.Z_SYNC_FLUSH, done);
      }
    });
    return Promise.race([taken, this.#closed]);
  }
}
