import type { CredentialName } from '#libs/tokens';

import { LIFE } from '../simulated-ims.ts';
import type { World } from '../world.ts';
import type { Rule } from './rule.ts';

/** Just before the end of a run a renewal may be under way. */
const LATELY = 60_000;
/** After faults end: the longest back-off, a lease that runs out, and some ticks. */
const BOUND = 600_000;
/** The life that every token has left: renewal at half-life and a tenth, an exchange, and a store poll. */
const FRESH = 0.4 * LIFE;

/** After the faults every replica soon vends a fresh token of the current document, in the end the same. */
export class Recovery implements Rule {
  readonly #world: World;
  readonly #calmFrom: number;
  /** When all replicas last vended the same, in virtual milliseconds. */
  readonly #agreedAt = new Map<CredentialName, number>();

  /** @param calmFrom when the faults are over, in virtual milliseconds */
  constructor(world: World, calmFrom: number) {
    this.#world = world;
    this.#calmFrom = calmFrom;
  }

  check(): void {
    const { schedule, replicas, source } = this.#world;
    if (schedule.now < this.#calmFrom + BOUND) return;
    for (const { name, version } of source.list()) {
      const served = new Set(replicas.map(({ incarnation }) => incarnation.service.served(name)));
      if (served.size === 1) this.#agreedAt.set(name, schedule.now);
      for (const { incarnation } of replicas) {
        const { service, id } = incarnation;
        const record = service.tokens.get(name)?.cached?.record;
        if (service.served(name) === null || record === undefined) {
          schedule.violate(`${id} still has no token of ${name}`);
        } else if (record.version !== version) {
          schedule.violate(`${id} still has a token of ${name} by ${record.version}, not ${version}`);
        } else this.#checkAge(id, record.token);
      }
    }
  }

  /** At the end of a run. */
  checkAgreement(): void {
    const { schedule, source } = this.#world;
    for (const { name } of source.list()) {
      if ((this.#agreedAt.get(name) ?? 0) < schedule.now - LATELY)
        schedule.violate(`replicas vend different tokens of ${name}`);
    }
  }

  #checkAge(id: string, token: Parameters<World['ims']['issued']>[0]): void {
    const { schedule, ims } = this.#world;
    const issued = ims.issued(token);
    // One minted on a wrong clock has its own idea of half-life.
    if (issued === undefined || issued.at < this.#calmFrom) return;
    if (issued.end - schedule.now < FRESH) schedule.violate(`${id} still vends ${token.sha256.slice(0, 8)}`);
  }
}
