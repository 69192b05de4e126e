import type { CredentialName, TokenEvent } from '#libs/tokens';

import type { Incarnation } from '../incarnation.ts';
import type { Replica } from '../replica.ts';
import type { World } from '../world.ts';
import type { Rule } from './rule.ts';

const BUDGET = 12;
const CALLERS_SHARE = 6;
const HOUR = 3_600_000;

interface Caused {
  readonly at: number;
  readonly caller: string;
}

/**
 * Callers cause no more exchanges than their budget: of all replicas together while the store counts,
 * of each replica otherwise.
 */
export class CallersBudget implements Rule {
  readonly #world: World;
  readonly #byAll = new Map<CredentialName, Caused[]>();
  readonly #byOne = new WeakMap<Incarnation, Map<CredentialName, Caused[]>>();

  constructor(world: World) {
    this.#world = world;
    world.listen((replica, event) => this.#hear(replica, event));
  }

  check(): void {
    // Everything is looked at as it happens.
  }

  #hear(replica: Replica, event: TokenEvent): void {
    if (event.type !== 'token.rejected') return;
    const { schedule } = this.#world;
    const { incarnation } = replica;
    const { name, caller } = event;
    const own = this.#byOne.get(incarnation) ?? new Map<CredentialName, Caused[]>();
    this.#byOne.set(incarnation, own);
    if (isBeyond(own, name, { at: replica.clock.monotonic(), caller })) {
      schedule.violate(`${incarnation.id} let callers cause more exchanges of ${name} than they may`);
    }
    const isBeyondAll = isBeyond(this.#byAll, name, { at: schedule.now, caller });
    if (isBeyondAll && !this.#isExcused()) {
      schedule.violate(`all replicas together let callers cause more exchanges of ${name} than they may`);
    }
  }

  /** A replica without a store counts for itself, and what the store has lost no longer counts. */
  #isExcused(): boolean {
    const { replicas, schedule, lostAt } = this.#world;
    const since = schedule.now - HOUR;
    return lostAt >= since || replicas.some((replica) => replica.wasAloneSince(since));
  }
}

/** Adds one, and says whether there are now more of it within an hour than there may be. */
function isBeyond(all: Map<CredentialName, Caused[]>, name: CredentialName, caused: Caused): boolean {
  // The moment an exchange is granted at, and that at which it is told of, are not the same.
  const recent = (all.get(name) ?? []).filter(({ at }) => at > caused.at - 0.99 * HOUR);
  recent.push(caused);
  all.set(name, recent);
  const share = recent.filter(({ caller }) => caller === caused.caller).length;
  return recent.length > BUDGET || share > CALLERS_SHARE;
}
