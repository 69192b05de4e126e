import { createWriteStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** What lines are written to, in the background: a request never waits for a disk or a pipe. */
export interface LogDestination {
  /** A line that somebody may be waiting for. */
  write(line: string): void;
  /** Lines of which there are many: gathered and written in batches. */
  gather(lines: string): void;
}

const FLUSH_EVERY_MS = 100;
/** Each batch wakes another thread, which costs as much as making a hundred lines. */
const BATCH_CHARACTERS = 256 * 1024;
/** More than a reader who stands still may cost; what comes then is dropped, and counted. */
const BACKLOG_BYTES = 16 * 1024 * 1024;
/** How long the last lines may take to get out. */
const CLOSE_LIMIT_MS = 1000;

/** Standard output, or any other open file. */
export class OutputStream implements LogDestination {
  readonly #stream;
  readonly #timer: NodeJS.Timeout;
  #gathered = '';
  #dropped = 0;
  #isGone = false;

  constructor(fd: number) {
    this.#stream = createWriteStream('', { fd, autoClose: false });
    // Who read us has gone (a closed pipe): there is nobody left to tell.
    this.#stream.on('error', () => (this.#isGone = true));
    this.#timer = setInterval(() => this.#flush(), FLUSH_EVERY_MS).unref();
  }

  write(line: string): void {
    this.gather(line);
    this.#flush();
  }

  gather(lines: string): void {
    if (this.#isGone) return;
    if (this.#stream.writableLength > BACKLOG_BYTES) {
      this.#dropped += 1;
      return;
    }
    this.#gathered += lines;
    if (this.#gathered.length > BATCH_CHARACTERS) this.#flush();
  }

  /** Writes what is gathered, and waits for it, but not for a reader who does not read. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    const written = new Promise<void>((resolve) => {
      this.#stream.on('error', () => resolve());
      this.#stream.end(resolve);
    });
    if (!this.#isGone) await Promise.race([written, delay(CLOSE_LIMIT_MS, undefined, { ref: false })]);
  }

  #flush(): void {
    if (this.#gathered === '' || this.#isGone) return;
    if (this.#dropped > 0) {
      this.#gathered += `{"level":"error","event":"log.dropped","batches":${this.#dropped},"msg":"nobody read the log fast enough"}\n`;
      this.#dropped = 0;
    }
    this.#stream.write(this.#gathered);
    this.#gathered = '';
  }
}
