import type { Clock } from '../model/clock.ts';
import type { SourceReport } from '../model/source-report.ts';
import { millis, type Millis } from '../model/units.ts';
import type { StoreLink } from './store-link.ts';

/** An unchanged report is written again after this time, because the store may have lost it. */
const REWRITE_AFTER = millis(60_000);

/**
 * The report of the last poll of the credential source: of this process where it has a source, else of the
 * process that wrote one to the store last.
 */
export class SourceReports {
  readonly #link: StoreLink;
  readonly #clock: Clock;
  #latest: SourceReport | null = null;
  #isOwn = false;
  /** What the store has accepted, and when. */
  #written: { readonly text: string; readonly at: Millis } | null = null;

  constructor(link: StoreLink, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
  }

  /** Null until this process knows one. */
  get latest(): SourceReport | null {
    return this.#latest;
  }

  /** Takes the report of this process, and writes it to the store if that answers. */
  async publish(report: SourceReport): Promise<void> {
    const text = JSON.stringify(report);
    this.#latest = report;
    this.#isOwn = true;
    if (this.#isWritten(text)) return;
    const at = this.#clock.monotonic();
    if (await this.#link.run((store) => store.writeSourceReport(report))) this.#written = { text, at };
  }

  /** Reads the report of other processes, unless this one has its own. Keeps the last one in an outage. */
  async pull(): Promise<void> {
    if (this.#isOwn) return;
    const stored = await this.#link.ask((store) => store.readSourceReport());
    if (!this.#isOwn && stored !== null) this.#latest = stored;
  }

  #isWritten(text: string): boolean {
    const written = this.#written;
    return written?.text === text && this.#clock.monotonic() - written.at < REWRITE_AFTER;
  }
}
