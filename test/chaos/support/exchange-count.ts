import type { Site } from './site.ts';

/** The earliest that a token is renewed, as a share of its life: half of it, less the jitter. */
const EARLIEST_RENEWAL = 0.45;

/** Counts the tokens that IMS issues from now on, against what is due in that time. */
export class ExchangeCount {
  readonly #site: Site;
  readonly #before: ReadonlyMap<string, number>;
  readonly #start = performance.now();

  private constructor(site: Site, before: ReadonlyMap<string, number>) {
    this.#site = site;
    this.#before = before;
  }

  static async start(site: Site): Promise<ExchangeCount> {
    return new ExchangeCount(site, await site.issued());
  }

  /** The tokens issued since, of the credential that got the most. */
  async most(): Promise<number> {
    const now = await this.#site.issued();
    return Math.max(0, ...[...now].map(([name, issued]) => issued - (this.#before.get(name) ?? 0)));
  }

  /** The windows that may have ended since: a renewal each. */
  get windows(): number {
    const elapsed = (performance.now() - this.#start) / 1_000;
    return 1 + Math.floor(elapsed / (this.#site.tokenLife * EARLIEST_RENEWAL));
  }
}
