import type { TokenEvent } from '#libs/tokens';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Counts token events. */
@Injectable()
export class TokenMetrics {
  readonly #exchanges: Counter<'credential' | 'outcome'>;
  readonly #exchangeDuration: Histogram;
  readonly #storeUp: Gauge;
  readonly #cacheUp: Gauge;
  readonly #peerNews: Counter;
  readonly #sourceUp: Gauge;
  readonly #clockSkew: Gauge;
  readonly #trials: Counter<'credential' | 'outcome'>;
  readonly #refusedTokens: Counter<'credential' | 'reason'>;
  readonly #ignoredRecords: Counter<'kind'>;

  constructor(@Inject(Registry) registry: Registry) {
    const registers = [registry];
    this.#exchanges = new Counter({
      name: 'ims_token_exchanges_total',
      help: 'Exchanges at IMS by how they ended: success, or the code of the failure',
      labelNames: ['credential', 'outcome'],
      registers,
    });
    this.#exchangeDuration = new Histogram({
      name: 'ims_token_exchange_duration_seconds',
      help: 'Time an exchange at IMS took, failed ones included',
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#storeUp = new Gauge({
      name: 'ims_token_store_up',
      help: '1 while the token store answers',
      registers,
    });
    this.#cacheUp = new Gauge({
      name: 'ims_token_cache_up',
      help: '1 while the token cache on the local disk can be written',
      registers,
    });
    this.#peerNews = new Counter({
      name: 'ims_token_peer_adoptions_total',
      help: 'Tokens and removals taken from other processes while the store did not carry them',
      registers,
    });
    this.#sourceUp = new Gauge({
      name: 'ims_credential_source_up',
      help: '1 while the credential source can be read completely',
      registers,
    });
    this.#clockSkew = new Gauge({
      name: 'ims_clock_skew_seconds',
      help: "IMS's clock minus this machine's, at the last exchange",
      registers,
    });
    this.#trials = new Counter({
      name: 'ims_credential_pending_trials_total',
      help: 'Versions staged AWSPENDING that were tried at IMS: success, or the code of the failure',
      labelNames: ['credential', 'outcome'],
      registers,
    });
    this.#refusedTokens = new Counter({
      name: 'ims_token_store_refusals_total',
      help: 'Tokens in the store that could not be opened: tampered with, or sealed with an unknown key',
      labelNames: ['credential', 'reason'],
      registers,
    });
    this.#ignoredRecords = new Counter({
      name: 'ims_token_store_ignored_records_total',
      help: 'Records in Redis that no process with the encryption keys wrote, by kind',
      labelNames: ['kind'],
      registers,
    });
    // Until the first poll, and in a role that never polls, the process must not report an outage.
    for (const gauge of [this.#storeUp, this.#cacheUp, this.#sourceUp, this.#clockSkew]) gauge.remove();
  }

  record(event: TokenEvent): void {
    switch (event.type) {
      case 'token.minted':
        this.#exchanges.inc({ credential: event.name, outcome: 'success' });
        this.#exchangeDuration.observe(event.took / 1000);
        if (event.clockSkew !== null) this.#clockSkew.set(event.clockSkew / 1000);
        return;
      case 'exchange.failed':
        // A broken document never reached IMS.
        if (event.failure.code.startsWith('credential_')) return;
        this.#exchanges.inc({ credential: event.name, outcome: event.failure.code });
        this.#exchangeDuration.observe(event.took / 1000);
        return;
      case 'store.up':
      case 'store.down':
        this.#storeUp.set(event.type === 'store.up' ? 1 : 0);
        return;
      case 'peers.adopted':
        this.#peerNews.inc(event.count);
        return;
      case 'cache.up':
      case 'cache.down':
        this.#cacheUp.set(event.type === 'cache.up' ? 1 : 0);
        return;
      case 'source.up':
      case 'source.down':
        this.#sourceUp.set(event.type === 'source.up' ? 1 : 0);
        return;
      case 'credential.tried':
        this.#trials.inc({ credential: event.name, outcome: event.trial.failure?.code ?? 'success' });
        return;
      case 'store.token-refused':
        this.#refusedTokens.inc({ credential: event.name, reason: event.reason });
        return;
      case 'store.records-ignored':
        this.#ignoredRecords.inc({ kind: event.kind }, event.count);
        return;
      default:
    }
  }
}
