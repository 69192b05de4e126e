import type { CallersFile } from '#libs/callers';
import type { Clock, CurrentTokens, TokenEvent, TokenVendor } from '#libs/tokens';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

interface TokenMetricsParts {
  readonly registry: Registry;
  readonly tokens: CurrentTokens;
  readonly vendor: TokenVendor;
  /** Null for the role that knows no callers. */
  readonly callers: CallersFile | null;
  readonly clock: Clock;
}

/** The life of tokens in numbers: gauges are read off what is held when somebody looks, counters follow the events. */
export class TokenMetrics {
  readonly #exchanges: Counter<'credential' | 'outcome'>;
  readonly #exchangeDuration: Histogram;
  readonly #storeUp: Gauge;
  readonly #sourceUp: Gauge;
  readonly #clockSkew: Gauge;
  readonly #trials: Counter<'credential' | 'outcome'>;
  readonly #refusedTokens: Counter<'credential' | 'reason'>;

  constructor(parts: TokenMetricsParts) {
    const registers = [parts.registry];
    describeHoldings(parts);
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
      help: 'Tokens found in the store that could not be opened: tampered with, or sealed with an unknown key',
      labelNames: ['credential', 'reason'],
      registers,
    });
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
      default:
    }
  }
}

/** Gauges over what this process holds, filled in at each scrape. */
function describeHoldings({ registry, tokens, vendor, callers, clock }: TokenMetricsParts): void {
  const perCredential = (
    name: string,
    help: string,
    read: (holding: ReturnType<CurrentTokens['all']>[number]) => number | null,
  ) =>
    gauge(registry, name, help, ['credential'], (self) => {
      for (const holding of tokens.all()) {
        const value = read(holding);
        if (value !== null) self.set({ credential: holding.name }, value);
      }
    });
  perCredential('ims_token_expiry_timestamp_seconds', 'When the current token expires', ({ held }) =>
    held === null ? null : held.record.token.expiresAt / 1000,
  );
  perCredential(
    'ims_token_refresh_due_timestamp_seconds',
    'When the current token is to be renewed',
    (holding) => {
      const due = vendor.refreshDueAt(holding);
      return due === null ? null : due / 1000;
    },
  );
  perCredential(
    'ims_credential_certificate_expiry_timestamp_seconds',
    'When the certificate of a service credential expires',
    ({ report }) => (report?.certificateExpiresAt ? report.certificateExpiresAt / 1000 : null),
  );
  gauge(registry, 'ims_token_runway_seconds', 'The shortest life left of all current tokens', [], (self) => {
    const left = tokens
      .all()
      .flatMap(({ held }) => (held === null ? [0] : [Math.max(0, held.remaining(clock) / 1000)]));
    if (left.length > 0) self.set({}, Math.min(...left));
  });
  gauge(
    registry,
    'ims_credential_info',
    'Always 1: which version of which kind of credential is in use',
    ['credential', 'kind', 'version', 'stage'],
    (self) => {
      for (const { name, report } of tokens.all()) {
        const { kind, version, stage } = report ?? {};
        self.set({ credential: name, kind: kind ?? '', version: version ?? '', stage: stage ?? '' }, 1);
      }
    },
  );
  if (callers === null) return;
  gauge(registry, 'ims_callers_file_ok', '1 while the callers file on disk is the one in force', [], (self) =>
    self.set({}, callers.health.ok ? 1 : 0),
  );
}

function gauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: string[],
  collect: (self: Gauge) => void,
): void {
  const self = new Gauge({
    name,
    help,
    labelNames,
    registers: [],
    collect() {
      this.reset();
      if (labelNames.length === 0) this.remove({});
      collect(this);
    },
  });
  registry.registerMetric(self);
}
