import type { AuthenticationFailure } from '#libs/callers';
import type { CurrentTokens } from '#libs/tokens';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

interface Tally {
  readonly labels: { readonly caller: string; readonly credential: string; readonly outcome: string };
  count: number;
}

/** Counts requests for tokens. Each costs a few look-ups and an increment; the labels meet prom-client only at a scrape. */
export class VendMetrics {
  readonly #registry: Registry;
  readonly #tokens: CurrentTokens;
  readonly #tallies = new Map<string, Map<string, Map<string, Tally>>>();
  readonly #failures: Counter<'reason'>;
  readonly #duration: Histogram;

  constructor(registry: Registry, tokens: CurrentTokens) {
    this.#registry = registry;
    this.#tokens = tokens;
    const collectTallies = (vends: Counter<'caller' | 'credential' | 'outcome'>): void => {
      vends.reset();
      for (const { labels, count } of this.#all()) vends.inc(labels, count);
    };
    registry.registerMetric(
      new Counter({
        name: 'ims_token_vends_total',
        help: 'Requests for a token by recognised callers, by how they ended',
        labelNames: ['caller', 'credential', 'outcome'],
        registers: [],
        collect() {
          collectTallies(this);
        },
      }),
    );
    this.#duration = new Histogram({
      name: 'ims_token_vend_duration_seconds',
      help: 'Time this process took to answer a request for a token',
      buckets: [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.005, 0.025, 0.1, 0.5],
      registers: [registry],
    });
    this.#failures = new Counter({
      name: 'ims_authentication_failures_total',
      help: 'Requests whose sender was not recognised',
      labelNames: ['reason'],
      registers: [registry],
    });
  }

  /** Shows how many callers wait for another token. */
  showWaiting(count: () => number): void {
    this.#registry.registerMetric(
      new Gauge({
        name: 'ims_token_long_polls',
        help: 'Callers that wait in this process for another token than the one they have',
        registers: [],
        collect() {
          this.set(count());
        },
      }),
    );
  }

  /** @param credential as asked for; a name that no credential has is not repeated in a label */
  vended(caller: string, credential: string, outcome: string): void {
    const label = this.#tokens.get(credential) === undefined ? '' : credential;
    this.#tally(caller, label, outcome).count += 1;
  }

  took(milliseconds: number): void {
    this.#duration.observe(milliseconds / 1000);
  }

  authenticationFailed(reason: AuthenticationFailure): void {
    this.#failures.inc({ reason });
  }

  #tally(caller: string, credential: string, outcome: string): Tally {
    let ofCaller = this.#tallies.get(caller);
    if (ofCaller === undefined) this.#tallies.set(caller, (ofCaller = new Map<string, Map<string, Tally>>()));
    let ofCredential = ofCaller.get(credential);
    if (ofCredential === undefined) ofCaller.set(credential, (ofCredential = new Map<string, Tally>()));
    let tally = ofCredential.get(outcome);
    if (tally === undefined)
      ofCredential.set(outcome, (tally = { labels: { caller, credential, outcome }, count: 0 }));
    return tally;
  }

  *#all(): Iterable<Tally> {
    for (const ofCaller of this.#tallies.values()) {
      for (const ofCredential of ofCaller.values()) yield* ofCredential.values();
    }
  }
}
