import type { CredentialName } from '#libs/tokens';

import type { Incarnation } from '../incarnation.ts';
import type { World } from '../world.ts';
import type { Rule } from './rule.ts';

/**
 * The listings without a credential after which a process stops vending it, even with a token in the store.
 */
const ENOUGH = 3;

/**
 * A removed credential is not vended. A process that has read of the removal from the store vends nothing at
 * or below its generation. No process vends it once every replica has missed it in the source.
 */
export class NoRemovedCredential implements Rule {
  readonly #world: World;
  /** The listings before a process that had not read of the removal last brought a credential back. */
  readonly #before = new Map<CredentialName, Map<Incarnation, number>>();

  /** What each process had missed when it took over what it holds. */
  readonly #held = new WeakMap<Incarnation, Map<CredentialName, { generation: number; misses: number }>>();

  constructor(world: World) {
    this.#world = world;
    world.store.watch((name) => {
      if (this.#isKnownToAll(name)) return;
      const misses = world.replicas.map(
        ({ incarnation }) => [incarnation, missesOf(incarnation, name)] as const,
      );
      this.#before.set(name, new Map(misses));
    });
  }

  check(): void {
    const { replicas, names, schedule } = this.#world;
    for (const name of names) {
      const isKnownToAll = this.#isKnownToAll(name);
      for (const { incarnation, isRunning } of replicas) {
        const { service, store, id } = incarnation;
        if (!isRunning || service.served(name) === null) continue;
        if (isKnownToAll && this.#hadTime(incarnation, name))
          schedule.violate(`${id} vends ${name}, which everybody knows to be removed`);
        const generation = service.tokens.get(name)?.cached?.record.generation ?? 0;
        if (generation <= (store.removalsSeen.get(name) ?? 0)) {
          schedule.violate(`${id} vends ${name} of generation ${generation}, and was told of its removal`);
        }
      }
    }
  }

  /** Whether it missed the credential often enough since it took over what it holds. */
  #hadTime(incarnation: Incarnation, name: CredentialName): boolean {
    const generation = incarnation.service.tokens.generationOf(name);
    const misses = missesOf(incarnation, name);
    const held =
      this.#held.get(incarnation) ?? new Map<CredentialName, { generation: number; misses: number }>();
    this.#held.set(incarnation, held);
    const since = held.get(name);
    if (since?.generation === generation) return misses - since.misses >= ENOUGH;
    held.set(name, { generation, misses });
    return false;
  }

  #isKnownToAll(name: CredentialName): boolean {
    const { replicas, source } = this.#world;
    const before = this.#before.get(name);
    return (
      source.dropped.has(name) &&
      replicas.every(
        ({ incarnation }) => missesOf(incarnation, name) - (before?.get(incarnation) ?? 0) >= ENOUGH,
      )
    );
  }
}

const missesOf = ({ source }: Incarnation, name: CredentialName): number => source.misses.get(name) ?? 0;
