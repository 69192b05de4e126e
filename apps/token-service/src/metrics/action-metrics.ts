import type { CurrentTokens } from '#libs/tokens';
import { Counter, type Registry } from 'prom-client';

type Labels = 'caller' | 'credential' | 'outcome';

/** Counts what callers have done about tokens: reports of rejected ones, and revocations. */
export class ActionMetrics {
  readonly #tokens: CurrentTokens;
  readonly #reports: Counter<Labels>;
  readonly #revocations: Counter<Labels>;

  constructor(registry: Registry, tokens: CurrentTokens) {
    const counter = (name: string, help: string): Counter<Labels> =>
      new Counter({ name, help, labelNames: ['caller', 'credential', 'outcome'], registers: [registry] });
    this.#tokens = tokens;
    this.#reports = counter(
      'ims_token_refresh_reports_total',
      'Reports of rejected tokens by recognised callers, by how they ended',
    );
    this.#revocations = counter(
      'ims_token_revocations_total',
      'Requests of recognised callers to have a token revoked, by how they ended',
    );
  }

  /** @param name as asked for; one that no credential has is not repeated in a label */
  reported(caller: string, name: string, outcome: string): void {
    this.#reports.inc({ caller, credential: this.#label(name), outcome });
  }

  /** @param name as asked for; one that no credential has is not repeated in a label */
  revoked(caller: string, name: string, outcome: string): void {
    this.#revocations.inc({ caller, credential: this.#label(name), outcome });
  }

  #label(name: string): string {
    return this.#tokens.get(name) === undefined ? '' : name;
  }
}
