import type { ServerResponse } from 'node:http';
import { constants, createGzip, type Gzip } from 'node:zlib';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // It ends with the connection, or an idle one would hold up the hand-over.
  connection: 'close',
  vary: 'accept-encoding',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
};

/** One answer of server-sent events, compressed where the browser can read that. Holds back nothing: each event is sent at once. */
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
      // Who hung up while it was found out whether they may look is gone already.
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

  /** Settles when nobody listens any more, whoever hung up. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** Sends one event. Settles once the reader's side took it, or is gone. */
  send(event: string, data: string): Promise<void> {
    return this.#write(`event: ${event}\ndata: ${data}\n\n`);
  }

  /** Sends nothing, so that both sides and whatever is between them see that the line is up. */
  beat(): Promise<void> {
    return this.#write(':\n\n');
  }

  /** Ends it after what was sent. */
  end(): void {
    (this.#gzip ?? this.#response).end();
  }

  /** Hangs up. */
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
