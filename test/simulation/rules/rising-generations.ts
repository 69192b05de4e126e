import type { Incarnation } from '../incarnation.ts';
import type { World } from '../world.ts';
import type { Rule } from './rule.ts';

/** What a process knows of a credential never gets older. */
export class RisingGenerations implements Rule {
  readonly #world: World;
  readonly #seen = new WeakMap<Incarnation, Map<string, number>>();

  constructor(world: World) {
    this.#world = world;
  }

  check(): void {
    const { replicas, names, schedule } = this.#world;
    for (const { incarnation } of replicas) {
      const seen = this.#seen.get(incarnation) ?? new Map<string, number>();
      this.#seen.set(incarnation, seen);
      for (const name of names) {
        const generation = incarnation.service.tokens.generationOf(name);
        const before = seen.get(name) ?? 0;
        if (generation < before) {
          schedule.violate(`${incarnation.id} went from generation ${before} of ${name} to ${generation}`);
        }
        seen.set(name, generation);
      }
    }
  }
}
