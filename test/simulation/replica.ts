import type { CredentialName, TokenEvent } from '#libs/tokens';

import { Incarnation } from './incarnation.ts';
import type { LineFault } from './line.ts';
import type { Random } from './random.ts';
import { ReplicaClock } from './replica-clock.ts';
import type { Schedule } from './schedule.ts';
import type { SimulatedIms } from './simulated-ims.ts';
import type { SimulatedSource } from './simulated-source.ts';
import type { SimulatedStore } from './simulated-store.ts';

/** What all replicas have in common. */
export interface Surroundings {
  readonly schedule: Schedule;
  readonly random: Random;
  readonly store: SimulatedStore;
  readonly source: SimulatedSource;
  readonly ims: SimulatedIms;
  readonly replicas: readonly Replica[];
  /** Chance for the ways between replicas; null where they do not know each other. */
  readonly peerRandom: Random | null;
}

/** Clocks of machines with NTP differ by less, in milliseconds. */
const USUAL_SKEW = 20_000;

/** One machine with one process at a time, and the faults that it has. */
export class Replica {
  readonly surroundings: Surroundings;
  readonly clock: ReplicaClock;
  readonly #id: string;
  readonly #listener: (replica: Replica, event: TokenEvent) => void;
  #starts = 0;
  #believesDown = false;
  storeFault: LineFault = 'none';
  sourceFault: LineFault = 'none';
  peerFault: LineFault = 'none';
  /** The part of the store's messages that do not arrive. */
  hintsLost = 0;
  incarnation: Incarnation;
  #troubledAt = -Infinity;
  /** When its clock was last far off. */
  skewedAt = -Infinity;
  sleptAt = -Infinity;

  constructor(
    id: string,
    surroundings: Surroundings,
    listener: (replica: Replica, event: TokenEvent) => void,
  ) {
    this.#id = id;
    this.surroundings = surroundings;
    this.clock = new ReplicaClock(surroundings.schedule);
    this.#listener = listener;
    this.incarnation = this.#make();
    this.incarnation.start();
  }

  /** Whether its code can run now. */
  get isRunning(): boolean {
    return this.incarnation.isAlive && this.incarnation.pausedUntil <= this.surroundings.schedule.now;
  }

  /** Whether its clock is, or was since then, further off than machines with NTP are. */
  wasSkewedSince(at: number): boolean {
    return this.isSkewed || this.skewedAt >= at;
  }

  get isSkewed(): boolean {
    return Math.abs(this.clock.offset) > USUAL_SKEW;
  }

  /** A replica that believes the store to be down renews by itself, even after the store is back. */
  hearOfStore(news: 'store.down' | 'store.up'): void {
    if (this.#believesDown) this.noteTrouble();
    this.#believesDown = news === 'store.down';
  }

  /** Whether the store failed it, or was believed to, since then. */
  wasAloneSince(at: number): boolean {
    return this.#believesDown || this.#troubledAt >= at;
  }

  noteTrouble(): void {
    this.#troubledAt = this.surroundings.schedule.now;
  }

  setClock(offset: number): void {
    if (this.isSkewed) this.skewedAt = this.surroundings.schedule.now;
    this.clock.offset = offset;
  }

  /** @param asleep the whole machine, monotonic clock and all, and not the process alone */
  pause(length: number, asleep: boolean): void {
    const { now } = this.surroundings.schedule;
    const until = Math.max(this.incarnation.pausedUntil, now + length);
    if (asleep) {
      this.clock.sleep(until - Math.max(this.incarnation.pausedUntil, now));
      this.sleptAt = until;
    }
    this.incarnation.pausedUntil = until;
  }

  kill(): void {
    this.incarnation.isAlive = false;
  }

  startAnew(): void {
    if (this.incarnation.isAlive) return;
    this.incarnation = this.#make();
    this.incarnation.start();
  }

  hint(name: CredentialName, generation: number): void {
    const { schedule, random } = this.surroundings;
    const { incarnation } = this;
    if (random.chance(this.hintsLost)) return;
    schedule.after(random.between(1, this.hintsLost > 0 ? 20_000 : 40), incarnation, `hears of ${name}`, () =>
      incarnation.store.hint(name, generation),
    );
  }

  #make(): Incarnation {
    this.#starts += 1;
    this.#believesDown = false;
    const id = `${this.#id}.${this.#starts}`;
    return new Incarnation(this, id, (event) => this.#listener(this, event));
  }
}
