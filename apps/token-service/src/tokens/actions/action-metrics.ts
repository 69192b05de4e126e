import { CurrentTokens } from '#libs/tokens';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

type Labels = 'caller' | 'credential' | 'outcome';

/** Counts reports of rejected tokens, and revocations. */
@Injectable()
export class ActionMetrics {
  readonly #tokens: CurrentTokens;
  readonly #reports: Counter<Labels>;
  readonly #revocations: Counter<Labels>;

  constructor(@Inject(Registry) registry: Registry, @Inject(CurrentTokens) tokens: CurrentTokens) {
    const counter = (name: string, help: string): Counter<Labels> =>
      new Counter({ name, help, labelNames: ['caller', 'credential', 'outcome'], registers: [registry] });
    this.#tokens = tokens;
    this.#reports = counter(
      'ims_token_refresh_reports_total',
      'Reports of rejected tokens by authenticated callers, by outcome',
    );
    this.#revocations = counter(
      'ims_token_revocations_total',
      'Requests of authenticated callers to revoke a token, by outcome',
    );
  }

  /** @param name the requested name; the label is empty where no credential has it */
  reported(caller: string, name: string, outcome: string): void {
    this.#reports.inc({ caller, credential: this.#label(name), outcome });
  }

  /** @param name the requested name; the label is empty where no credential has it */
  revoked(caller: string, name: string, outcome: string): void {
    this.#revocations.inc({ caller, credential: this.#label(name), outcome });
  }

  #label(name: string): string {
    return this.#tokens.get(name) === undefined ? '' : name;
  }
}
