import { write, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { DroppedLines } from './dropped-lines.ts';
import { WriteReceipts } from './write-receipts.ts';

/** What lines are written to, in the background: a request never waits for a disk or a pipe. */
export interface LogDestination {
  /** A line that a person or a program may be waiting for. */
  write(line: string): void;
  /**
   * Lines of which there are many: gathered and written in batches.
   * @param rank `expendable` lines are dropped long before the others when the reader is slow
   */
  gather(lines: string, rank?: LineRank): void;
  /**
   * Writes lines at once, behind those gathered before. Resolves to true once the operating system has them;
   * to false if it does not take them now. Then they are left out, or written later.
   */
  commit(lines: string): Promise<boolean>;
}

/** Whether lines are dropped early: `expendable` ones must not use up the room of the others. */
type LineRank = 'kept' | 'expendable';

/** What the log can't say of itself. */
export interface LogHealth {
  /** False while writing fails, and from the moment the reader has gone. */
  readonly isUp: boolean;
  /** Lines that were not written and never will be. */
  readonly droppedLines: number;
}

const FLUSH_EVERY_MS = 100;
/**
 * Each batch wakes another thread, so batches are large.
 * One that does not fit into a pipe (64 KiB) would keep that thread waiting for the reader.
 */
const BATCH_BYTES = 48 * 1024;
/** UTF-8 takes no more for each unit of a string. */
const MAX_BYTES_PER_CHARACTER = 3;
/** The memory that a slow reader may cost. Further lines are dropped and counted. */
const BACKLOG_BYTES = 16 * 1024 * 1024;
/** The part of it that expendable lines may use. A reader of 0.5 MB/s takes about a second for them. */
const EXPENDABLE_BACKLOG_BYTES = 512 * 1024;
/** How long `close` waits for the last lines: a reader on a busy machine may be slow, or may have stopped. */
const CLOSE_LIMIT_MS = 5000;
/** The longest wait before the next write to a non-blocking pipe that is full. The first wait takes 2 ms. */
const MAX_FULL_PIPE_WAIT_MS = 50;
/** The first wait after any other failure, such as a full disk. Each further one takes twice as long. */
const FAILURE_WAIT_MS = 1000;
const MAX_FAILURE_WAIT_MS = 30_000;

/**
 * Writes to a descriptor, usually standard output. Lines arrive whole, once and in order, or are counted.
 *
 * `fs.WriteStream` can't do this. A non-blocking pipe answers EAGAIN while it is full, and the stream fails
 * for good after a few of them. The service can't keep its pipe blocking: Node's own `Readable.pipe` makes it
 * non-blocking, and so does a standard error that goes to the same pipe.
 */
export class OutputStream implements LogDestination, LogHealth {
  readonly #fd: number;
  readonly #errorFd: number;
  readonly #format: (lines: string) => string;
  readonly #timer: NodeJS.Timeout;
  /** As bytes from the start: the garbage collector would copy long strings again and again. */
  readonly #batch = Buffer.allocUnsafe(BATCH_BYTES);
  #filled = 0;
  /** Whether the batch is to be written as soon as the queue is empty, full or not. */
  #isDue = false;
  /** Full batches that wait for the reader, and the rest of the one that is being written. */
  readonly #queue: Buffer[] = [];
  #queuedBytes = 0;
  #isRunning = false;
  #written: Promise<void> = Promise.resolve();
  #isBlocked = false;
  #isUp = true;
  #hasEnded = false;
  readonly #dropped = new DroppedLines();
  readonly #receipts = new WriteReceipts();

  /**
   * @param errorFd usually standard error: gets a sentence when lines can't be written
   * @param format what is written for lines of JSON
   */
  constructor(fd: number, errorFd: number, format: (lines: string) => string = (lines) => lines) {
    this.#format = format;
    this.#fd = fd;
    this.#errorFd = errorFd;
    this.#timer = setInterval(() => this.#flush(), FLUSH_EVERY_MS).unref();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get droppedLines(): number {
    return this.#dropped.total;
  }

  /** Whether a thread is inside a write that has not returned. `process.exit` would wait for it. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  write(line: string): void {
    this.gather(line);
    this.#flush();
  }

  gather(lines: string, rank: LineRank = 'kept'): void {
    const limit = rank === 'kept' ? BACKLOG_BYTES : EXPENDABLE_BACKLOG_BYTES;
    if (this.#hasEnded || this.#queuedBytes > limit) {
      this.#dropped.add(countLines(lines), rank);
      return;
    }
    if (this.#dropped.isReportDue) this.#reportDropped();
    this.#append(lines);
  }

  commit(lines: string): Promise<boolean> {
    if (!this.#isUp || this.#queuedBytes > BACKLOG_BYTES) return Promise.resolve(false);
    this.gather(lines);
    this.#flush();
    return this.#receipts.issue();
  }

  /** Writes what is gathered and waits for it, but not for a reader that does not read. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    await new Promise<void>((resolve) => {
      const limit = setTimeout(resolve, CLOSE_LIMIT_MS);
      void this.#written.then(resolve).finally(() => clearTimeout(limit));
    });
    if (this.#queue.length === 0) return;
    const lost = this.#end();
    this.#complain(`The process ends with ${lost} lines of the log and the audit unwritten.`);
  }

  #append(json: string): void {
    const lines = this.#format(json);
    const most = lines.length * MAX_BYTES_PER_CHARACTER;
    if (most > BATCH_BYTES - this.#filled) this.#enqueueBatch();
    if (most > BATCH_BYTES) {
      const bytes = Buffer.from(lines);
      this.#receipts.expect(bytes.length);
      this.#enqueue(bytes);
      return;
    }
    const length = this.#batch.write(lines, this.#filled);
    this.#receipts.expect(length);
    this.#filled += length;
  }

  #reportDropped(): void {
    const line = this.#dropped.takeReport();
    if (line === null) return;
    this.#append(line);
    this.#isDue = true;
  }

  #flush(): void {
    if (this.#filled === 0) return;
    this.#isDue = true;
    this.#start();
  }

  #enqueueBatch(): void {
    this.#isDue = false;
    if (this.#filled === 0) return;
    const bytes = Buffer.from(this.#batch.subarray(0, this.#filled));
    this.#filled = 0;
    this.#enqueue(bytes);
  }

  #enqueue(bytes: Buffer): void {
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#start();
  }

  #start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#written = this.#writeQueue();
  }

  /** Writes until nothing is due, one write at a time. */
  async #writeQueue(): Promise<void> {
    let failures = 0;
    for (let bytes = this.#next(); bytes !== undefined; bytes = this.#next()) {
      try {
        this.#advance(bytes, await this.#writeSome(bytes));
        failures = 0;
      } catch (error) {
        failures += 1;
        await this.#recover(error as NodeJS.ErrnoException, failures);
      }
    }
    this.#isRunning = false;
  }

  #next(): Buffer | undefined {
    if (this.#queue.length === 0 && !this.#hasEnded) {
      this.#reportDropped();
      if (this.#isDue) this.#enqueueBatch();
    }
    return this.#queue[0];
  }

  /** Writes as much as the descriptor takes, which may be less than all. */
  async #writeSome(bytes: Buffer): Promise<number> {
    this.#isBlocked = true;
    try {
      return await writeOnce(this.#fd, bytes);
    } finally {
      this.#isBlocked = false;
    }
  }

  #advance(bytes: Buffer, written: number): void {
    if (this.#hasEnded) return;
    this.#isUp = true;
    this.#queuedBytes -= written;
    this.#receipts.written(written);
    if (written < bytes.length) this.#queue[0] = bytes.subarray(written);
    else this.#queue.shift();
  }

  /** Waits until the same bytes are to be written again, unless there is no reader left. */
  async #recover(error: NodeJS.ErrnoException, failures: number): Promise<void> {
    if (this.#hasEnded) return;
    if (error.code === 'EAGAIN') {
      await delay(Math.min(2 ** failures, MAX_FULL_PIPE_WAIT_MS));
      return;
    }
    if (error.code === 'EPIPE') {
      this.#end();
      this.#complain('The reader of standard output has gone: the log and the audit end here.');
      return;
    }
    if (this.#isUp)
      this.#complain(`The log and the audit can't be written, and wait in memory: ${error.message}`);
    this.#isUp = false;
    this.#receipts.refuse();
    await delay(Math.min(FAILURE_WAIT_MS * 2 ** (failures - 1), MAX_FAILURE_WAIT_MS), undefined, {
      ref: false,
    });
  }

  /** Gives up what is not written, and tells how many lines that is. */
  #end(): number {
    clearInterval(this.#timer);
    this.#enqueueBatch();
    const lost = this.#queue.reduce((sum, bytes) => sum + countLines(bytes), 0);
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#hasEnded = true;
    this.#isUp = false;
    this.#receipts.refuse();
    this.#dropped.add(lost, 'kept');
    return this.#dropped.unreported;
  }

  #complain(sentence: string): void {
    try {
      writeSync(this.#errorFd, `${sentence}\n`);
    } catch {
      // Standard error is not read either. The metrics still show the failure.
    }
  }
}

const writeOnce = (fd: number, bytes: Buffer): Promise<number> =>
  new Promise((resolve, reject) => {
    write(fd, bytes, (error, written) => (error === null ? resolve(written) : reject(error)));
  });

function countLines(text: string | Buffer): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
