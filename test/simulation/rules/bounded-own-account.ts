import type { CredentialName, TokenEvent } from '#libs/tokens';

import type { Incarnation } from '../incarnation.ts';
import type { Replica } from '../replica.ts';
import { LIFE } from '../simulated-ims.ts';
import type { World } from '../world.ts';
import { CausedExchanges } from './caused-exchanges.ts';
import type { Rule } from './rule.ts';

const BUDGET = 12;

/** Exchanges without a lease stay within the budget in every lifetime of a token. */
export class BoundedOwnAccount implements Rule {
  readonly #world: World;
  readonly #caused = new CausedExchanges();
  readonly #flights = new WeakMap<Incarnation, Map<CredentialName, number[]>>();

  constructor(world: World) {
    this.#world = world;
    world.listen((replica, event) => this.#hear(replica, event));
  }

  check(): void {
    // Everything is looked at as it happens.
  }

  #hear(replica: Replica, event: TokenEvent): void {
    const { incarnation } = replica;
    if (this.#caused.hear(replica, event)) return;
    const inFlight = this.#flights.get(incarnation) ?? new Map<CredentialName, number[]>();
    this.#flights.set(incarnation, inFlight);
    if (event.type === 'credential.removed') inFlight.delete(event.name);
    if (event.type !== 'token.minted') return;
    if (incarnation.store.isLeased(event.name) || replica.wasSkewedSince(0)) return;
    const now = replica.clock.monotonic();
    // A token minted on a wrong clock may be a short one, and the budget is one of a life.
    const life = incarnation.service.tokens.get(event.name)?.cached?.token.life ?? LIFE;
    const recent = (inFlight.get(event.name) ?? []).filter((at) => at > now - 0.9 * Math.min(life, LIFE));
    recent.push(now);
    inFlight.set(event.name, recent);
    if (recent.length > BUDGET) {
      this.#world.schedule.violate(`${incarnation.id} exchanged ${event.name} beyond its budget`);
    }
  }
}
