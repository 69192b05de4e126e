import { Clock, CurrentTokens, exchangesLeft, TokenVendor, type CredentialEntry } from '#libs/tokens';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

/** Gauges of the credentials that this process knows, read at each scrape. */
@Injectable()
export class CredentialGauges implements OnModuleInit {
  readonly #registry: Registry;
  readonly #tokens: CurrentTokens;
  readonly #vendor: TokenVendor;
  readonly #clock: Clock;

  constructor(
    @Inject(Registry) registry: Registry,
    @Inject(CurrentTokens) tokens: CurrentTokens,
    @Inject(TokenVendor) vendor: TokenVendor,
    @Inject(Clock) clock: Clock,
  ) {
    this.#registry = registry;
    this.#tokens = tokens;
    this.#vendor = vendor;
    this.#clock = clock;
  }

  onModuleInit(): void {
    const [registry, tokens, vendor, clock] = [this.#registry, this.#tokens, this.#vendor, this.#clock];
    const perCredential = (name: string, help: string, read: (entry: CredentialEntry) => number | null) =>
      gauge(registry, name, help, ['credential'], (self) => {
        for (const entry of tokens.all()) {
          const value = read(entry);
          if (value !== null) self.set({ credential: entry.name }, value);
        }
      });
    perCredential('ims_token_expiry_timestamp_seconds', 'When the current token expires', ({ cached }) =>
      cached === null ? null : cached.token.expiresAt / 1000,
    );
    perCredential(
      'ims_token_refresh_due_timestamp_seconds',
      'When the current token is to be renewed',
      (entry) => {
        const due = vendor.refreshDueAt(entry);
        return due === null ? null : due / 1000;
      },
    );
    perCredential(
      'ims_credential_certificate_expiry_timestamp_seconds',
      'When the certificate of a service credential expires',
      ({ status }) => (status?.certificateExpiresAt ? status.certificateExpiresAt / 1000 : null),
    );
    perCredential(
      'ims_token_exchange_budget_remaining',
      'How many exchanges callers may still cause by reports within the hour',
      ({ status }) =>
        status === null || status.kind === 'local' ? null : exchangesLeft(status.causedAt, clock.now()),
    );
    gauge(
      registry,
      'ims_token_runway_seconds',
      'The shortest life left of all current tokens',
      [],
      (self) => {
        const left = tokens
          .all()
          .flatMap(({ cached }) => (cached === null ? [0] : [Math.max(0, cached.remaining(clock) / 1000)]));
        if (left.length > 0) self.set({}, Math.min(...left));
      },
    );
    gauge(
      registry,
      'ims_credential_info',
      'Always 1: which version of which kind of credential is in use',
      ['credential', 'kind', 'version', 'stage'],
      (self) => {
        for (const { name, status } of tokens.all()) {
          const { kind, version, stage } = status ?? {};
          self.set({ credential: name, kind: kind ?? '', version: version ?? '', stage: stage ?? '' }, 1);
        }
      },
    );
    gauge(
      registry,
      'ims_credential_failing',
      'Whether the last attempt to renew the token failed, with the code of the failure',
      ['credential', 'code'],
      (self) => {
        for (const { name, status } of tokens.all()) {
          const isFailing = status?.failing === true;
          const code = isFailing ? status.lastFailure?.code : undefined;
          self.set({ credential: name, code: code ?? '' }, isFailing ? 1 : 0);
        }
      },
    );
  }
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
