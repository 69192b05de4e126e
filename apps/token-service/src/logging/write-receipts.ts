interface Waiting {
  /** The number of bytes that must be written before. */
  readonly position: number;
  readonly settle: (isWritten: boolean) => void;
}

/** Tells the senders of bytes when these are written. Bytes are written in the order of their arrival. */
export class WriteReceipts {
  #expectedBytes = 0;
  #writtenBytes = 0;
  readonly #waiting: Waiting[] = [];

  /** Notes bytes that are to be written. */
  expect(bytes: number): void {
    this.#expectedBytes += bytes;
  }

  /** Resolves to true once all bytes expected so far are written, to false if `refuse` comes first. */
  issue(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiting.push({ position: this.#expectedBytes, settle: resolve });
    return promise;
  }

  /** Notes the next bytes as written. */
  written(bytes: number): void {
    this.#writtenBytes += bytes;
    while (this.#waiting[0] !== undefined && this.#waiting[0].position <= this.#writtenBytes) {
      this.#waiting.shift()?.settle(true);
    }
  }

  /** Tells all that wait that their bytes are not written now. */
  refuse(): void {
    for (const { settle } of this.#waiting.splice(0)) settle(false);
  }
}
