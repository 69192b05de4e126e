import type { CallersFile } from '#libs/callers';
import {
  exchangesLeft,
  type Clock,
  type CurrentTokens,
  type CredentialEntry,
  type TokenVendor,
} from '#libs/tokens';
import { Gauge, type Registry } from 'prom-client';

interface CredentialGaugeParts {
  readonly registry: Registry;
  readonly tokens: CurrentTokens;
  readonly vendor: TokenVendor;
  /** Null for the role that knows no callers. */
  readonly callers: CallersFile | null;
  readonly clock: Clock;
}

/** Gauges over the credentials that this process knows, filled at each scrape. */
export class CredentialGauges {
  constructor(parts: CredentialGaugeParts) {
    describeCredentials(parts);
  }
}

function describeCredentials({ registry, tokens, vendor, callers, clock }: CredentialGaugeParts): void {
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
  gauge(registry, 'ims_token_runway_seconds', 'The shortest life left of all current tokens', [], (self) => {
    const left = tokens
      .all()
      .flatMap(({ cached }) => (cached === null ? [0] : [Math.max(0, cached.remaining(clock) / 1000)]));
    if (left.length > 0) self.set({}, Math.min(...left));
  });
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
