import { CurrentTokens } from '#libs/tokens';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

import { DurationTally } from '../metrics/duration-tally.ts';

interface Tally {
  readonly labels: { readonly caller: string; readonly credential: string; readonly outcome: string };
  count: number;
}

/**
 * Counts requests for tokens. A request costs three map look-ups; prom-client receives the sums at a scrape.
 */
@Injectable()
export class VendMetrics {
  readonly #tokens: CurrentTokens;
  readonly #tallies = new Map<string, Map<string, Map<string, Tally>>>();
  readonly #duration = new DurationTally({
    name: 'ims_token_vend_duration_seconds',
    help: 'Time this process took to answer a request for a token',
    bounds: [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.005, 0.025, 0.1, 0.5],
  });

  constructor(@Inject(Registry) registry: Registry, @Inject(CurrentTokens) tokens: CurrentTokens) {
    this.#tokens = tokens;
    const collectTallies = (vends: Counter<'caller' | 'credential' | 'outcome'>): void => {
      vends.reset();
      for (const { labels, count } of this.#all()) vends.inc(labels, count);
    };
    registry.registerMetric(
      new Counter({
        name: 'ims_token_vends_total',
        help: 'Requests for a token by authenticated callers, by outcome',
        labelNames: ['caller', 'credential', 'outcome'],
        registers: [],
        collect() {
          collectTallies(this);
        },
      }),
    );
    this.#duration.register(registry);
  }

  /** @param credential the requested name; the label is empty where no credential has it */
  vended(caller: string, credential: string, outcome: string): void {
    const label = this.#tokens.get(credential) === undefined ? '' : credential;
    this.#tally(caller, label, outcome).count += 1;
  }

  took(milliseconds: number): void {
    this.#duration.observe(milliseconds / 1000);
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
