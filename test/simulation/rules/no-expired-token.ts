import type { AccessToken } from '#libs/tokens';

import type { Incarnation } from '../incarnation.ts';
import type { Replica } from '../replica.ts';
import type { World } from '../world.ts';
import type { Rule } from './rule.ts';

/** The service's margin less the time between two steps: a clock slow by less than this does no harm. */
const TOLERATED = 55_000;

/** No token is vended that IMS would refuse. One clock, wall or monotonic, must be right for that. */
export class NoExpiredToken implements Rule {
  readonly #world: World;
  readonly #adopted = new WeakMap<
    Incarnation,
    Map<string, { token: AccessToken; at: number; isSkewed: boolean }>
  >();

  constructor(world: World) {
    this.#world = world;
  }

  check(): void {
    const { replicas, names, schedule, ims } = this.#world;
    for (const replica of replicas.filter(({ isRunning }) => isRunning)) {
      for (const name of names) {
        const token = replica.incarnation.service.tokens.get(name)?.cached?.token;
        if (token === undefined) continue;
        const isMonotonicWrong = this.#isMonotonicWrong(replica, name, token);
        if (isMonotonicWrong && replica.clock.offset < -TOLERATED) continue;
        const vended = replica.incarnation.service.vendor.vend(name);
        if (vended.outcome !== 'vended') continue;
        const issued = ims.issued(vended.cached.token);
        if (issued === undefined || issued.end <= schedule.now) {
          schedule.violate(`${replica.incarnation.id} vends a token of ${name} that has expired`);
        }
      }
    }
  }

  /** Counting down began with a wrong date, or stood still while the machine slept. */
  #isMonotonicWrong(replica: Replica, name: string, token: AccessToken): boolean {
    const adopted = this.#adopted.get(replica.incarnation) ?? new Map();
    this.#adopted.set(replica.incarnation, adopted);
    let found = adopted.get(name);
    if (found?.token !== token) {
      const isSkewed = replica.clock.offset < -TOLERATED;
      found = { token, at: this.#world.schedule.now, isSkewed };
      adopted.set(name, found);
    }
    return found.isSkewed || replica.sleptAt >= found.at;
  }
}
