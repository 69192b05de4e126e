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
/** Each batch wakes another thread, so they are large; but one that does not fit into a pipe (64 KiB) would keep that thread waiting for its reader. */
const BATCH_BYTES = 48 * 1024;
/** UTF-8 takes no more for each unit of a string. */
const MOST_BYTES_PER_CHARACTER = 3;
/** More than a reader who stands still may cost; what comes then is dropped, and counted. */
const BACKLOG_BYTES = 16 * 1024 * 1024;
/** How long the last lines may take to get out: a reader on a busy machine is slow, one that stands still is not waited for. */
const CLOSE_LIMIT_MS = 5000;

/** Standard output, or any other open file. */
export class OutputStream implements LogDestination {
  readonly #stream;
  readonly #timer: NodeJS.Timeout;
  /** As bytes from the start: strings put together from many would be copied again and again by the garbage collector. */
  readonly #batch = Buffer.allocUnsafe(BATCH_BYTES);
  #filled = 0;
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
    const most = lines.length * MOST_BYTES_PER_CHARACTER;
    if (most > BATCH_BYTES - this.#filled) this.#flush();
    if (most > BATCH_BYTES) this.#stream.write(lines);
    else this.#filled += this.#batch.write(lines, this.#filled);
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
    if (this.#filled === 0 || this.#isGone) return;
    this.#stream.write(Buffer.from(this.#batch.subarray(0, this.#filled)));
    this.#filled = 0;
    if (this.#dropped === 0) return;
    this.#stream.write(
      `{"level":"error","event":"log.dropped","batches":${this.#dropped},"msg":"nobody read the log fast enough"}\n`,
    );
    this.#dropped = 0;
  }
}
