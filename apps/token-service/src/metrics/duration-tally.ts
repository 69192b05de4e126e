import type { Histogram, Registry } from 'prom-client';

interface DurationTallyOptions {
  readonly name: string;
  readonly help: string;
  /** The upper bounds of the buckets in seconds, ascending. */
  readonly bounds: readonly number[];
}

/**
 * A histogram without labels for the hot path. An observation adds to one array element. prom-client's own
 * `Histogram` makes closures and hashes labels for each, about half a microsecond, and gives the same text.
 */
export class DurationTally {
  readonly #options: DurationTallyOptions;
  /** Observations of each bucket alone. The last bucket has no upper bound. */
  readonly #counts: number[];
  #sum = 0;

  constructor(options: DurationTallyOptions) {
    this.#options = options;
    this.#counts = Array.from({ length: options.bounds.length + 1 }, () => 0);
  }

  /** Adds the histogram to a registry, which asks for the values at each scrape. */
  register(registry: Registry): void {
    const metric = { name: this.#options.name, get: async () => this.#values() };
    // prom-client calls nothing but `get` of a metric, though its type names the four classes.
    registry.registerMetric(metric as unknown as Histogram);
  }

  /** @param seconds the duration of one request */
  observe(seconds: number): void {
    const { bounds } = this.#options;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket += 1;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += seconds;
  }

  #values() {
    const { name, help, bounds } = this.#options;
    let count = 0;
    const buckets = [...bounds, '+Inf'].map((le, index) => {
      count += this.#counts[index] ?? 0;
      return { labels: { le }, value: count, metricName: `${name}_bucket` };
    });
    const values = [
      ...buckets,
      { labels: {}, value: this.#sum, metricName: `${name}_sum` },
      { labels: {}, value: count, metricName: `${name}_count` },
    ];
    return { name, help, type: 'histogram', values, aggregator: 'sum' };
  }
}
