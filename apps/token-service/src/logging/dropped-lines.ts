/** While lines go on being dropped, the log mentions them once in this time. */
const REPORT_EVERY_MS = 1000;

/** Counts the lines that are not written and never will be. */
export class DroppedLines {
  #total = 0;
  /** Dropped lines that the log does not mention yet. */
  #unreported = 0;
  #unreportedExpendable = 0;
  #reportedAt = -Infinity;

  get total(): number {
    return this.#total;
  }

  get unreported(): number {
    return this.#unreported;
  }

  /** Whether the log should mention dropped lines now, although it cannot take all lines yet. */
  get isReportDue(): boolean {
    return this.#unreported > 0 && performance.now() - this.#reportedAt >= REPORT_EVERY_MS;
  }

  add(lines: number, rank: 'kept' | 'expendable'): void {
    this.#total += lines;
    this.#unreported += lines;
    if (rank === 'expendable') this.#unreportedExpendable += lines;
  }

  /** The line for the log about the lines dropped since the last one; null if there are none. */
  takeReport(): string | null {
    if (this.#unreported === 0) return null;
    const line = {
      level: 'error',
      time: new Date().toISOString(),
      event: 'log.dropped',
      lines: this.#unreported,
      refusals: this.#unreportedExpendable,
      msg: 'lines of the log and the audit are missing here: they were not read fast enough',
    };
    this.#unreported = 0;
    this.#unreportedExpendable = 0;
    this.#reportedAt = performance.now();
    return `${JSON.stringify(line)}\n`;
  }
}
