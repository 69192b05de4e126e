import type { Clock, CredentialName, TokenEvent, TokenStore } from '#libs/tokens';

import { named } from '../support/tokens/documents.ts';
import { Random } from './random.ts';
import { ReplicaClock } from './replica-clock.ts';
import { Replica } from './replica.ts';
import { Schedule } from './schedule.ts';
import { SimulatedIms } from './simulated-ims.ts';
import { SimulatedSource } from './simulated-source.ts';
import { SimulatedStore } from './simulated-store.ts';
import type { Trace } from './trace.ts';

const PEERS = 2_000_003;

export type Listener = (replica: Replica, event: TokenEvent) => void;

/** Three replicas, some credentials, and everything around them. */
export class World {
  readonly random: Random;
  readonly peerRandom: Random | null;
  readonly schedule: Schedule;
  readonly source = new SimulatedSource();
  readonly store: SimulatedStore;
  readonly ims: SimulatedIms;
  readonly names: readonly CredentialName[];
  readonly replicas: readonly Replica[];
  readonly #listeners: Listener[] = [];
  /** When the store last lost something, in virtual milliseconds. */
  lostAt = -Infinity;

  /** @param makeStore builds the store they share */
  constructor(seed: number, trace: Trace, makeStore?: (clock: Clock) => TokenStore) {
    this.random = new Random(seed);
    // Chance of its own, so that faults of a seed are the same with peers and without.
    const peerRandom = new Random(seed + PEERS);
    this.peerRandom = peerRandom.chance(0.5) ? peerRandom : null;
    this.schedule = new Schedule(trace);
    this.store = new SimulatedStore(this.schedule, new ReplicaClock(this.schedule), makeStore);
    this.ims = new SimulatedIms(this.schedule, this.random, this.source);
    this.names = Array.from({ length: this.random.between(1, 3) }, (_, index) => named(`aem-${index + 1}`));
    for (const name of this.names) this.source.rotate(name, 'good');
    this.replicas = ['a', 'b', 'c'].map(
      (id) => new Replica(id, this, (from, event) => this.#tell(from, event)),
    );
    this.store.watch((name, generation) => {
      for (const replica of this.replicas) replica.hint(name, generation);
    });
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  async lose(writes: number): Promise<void> {
    this.lostAt = this.schedule.now;
    await this.store.lose(writes);
  }

  #tell(replica: Replica, event: TokenEvent): void {
    const name = 'name' in event ? ` ${event.name}` : '';
    this.schedule.note(`${replica.incarnation.id}: ${event.type}${name}`);
    if (event.type === 'store.down' || event.type === 'store.up') replica.hearOfStore(event.type);
    for (const listener of this.#listeners) listener(replica, event);
  }
}
