import type { World } from '../world.ts';
import type { Rule } from './rule.ts';

/** Listings of the source without a credential after which a process no longer vends it, whatever the store says. */
const ENOUGH = 2;

/**
 * A removed credential is not vended: not at or below the generation of a removal by who was told of that by the store,
 * and not at all once every replica has missed it in the source.
 */
export class NoRemovedCredential implements Rule {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  check(): void {
    const { replicas, names, schedule, source } = this.#world;
    for (const name of names) {
      const isKnownToAll =
        source.dropped.has(name) &&
        replicas.every(({ incarnation }) => (incarnation.source.misses.get(name) ?? 0) >= ENOUGH);
      for (const { incarnation, isRunning } of replicas) {
        const { service, store, id } = incarnation;
        if (!isRunning || service.served(name) === null) continue;
        if (isKnownToAll) schedule.violate(`${id} vends ${name}, which everybody knows to be removed`);
        const generation = service.tokens.get(name)?.held?.record.generation ?? 0;
        if (generation <= (store.removalsSeen.get(name) ?? 0)) {
          schedule.violate(`${id} vends ${name} of generation ${generation}, and was told of its removal`);
        }
      }
    }
  }
}
