import { MemoryTokenStore } from '#libs/token-stores';
import type { Clock, CredentialName, Millis, TokenRecord, TokenStore } from '#libs/tokens';

import type { Schedule } from './schedule.ts';

type Write = (store: TokenStore) => Promise<unknown>;

/** A lease as the store gave it out. */
interface GivenLease {
  release(): Promise<void>;
}

/** The one store all replicas share, which can lose everything, or its last writes. */
export class SimulatedStore {
  readonly #schedule: Schedule;
  readonly #make: () => TokenStore;
  readonly #generations = new Map<CredentialName, number>();
  /** When a lease expired that was never released. */
  readonly outlived = new Map<CredentialName, number[]>();
  /** When the store last accepted a removal: a credential created after it is exchanged again. */
  readonly removedAt = new Map<CredentialName, number>();
  readonly #watchers: ((name: CredentialName, generation: number) => void)[] = [];
  #writes: Write[] = [];
  #inner: TokenStore;

  /** @param make builds the store under test, with nothing in it */
  constructor(schedule: Schedule, clock: Clock, make: (clock: Clock) => TokenStore = memoryStore) {
    this.#schedule = schedule;
    this.#make = () => make(clock);
    this.#inner = this.#make();
  }

  /** For what changes nothing. */
  get contents(): TokenStore {
    return this.#inner;
  }

  /** Tells of every publication and removal that was taken. */
  watch(watcher: (name: CredentialName, generation: number) => void): void {
    this.#watchers.push(watcher);
  }

  async publish(record: TokenRecord) {
    const publication = await this.write((store) => store.publish(record));
    if (publication.status === 'published') this.#raise(record.name, publication.generation);
    return publication;
  }

  async remove(name: CredentialName, generation: number) {
    const publication = await this.write((store) => store.remove(name, generation));
    if (publication.status === 'published') {
      this.removedAt.set(name, this.#schedule.now);
      this.#raise(name, publication.generation);
    }
    return publication;
  }

  write<T>(write: (store: TokenStore) => Promise<T>): Promise<T> {
    this.#writes.push(write);
    return write(this.#inner);
  }

  async acquireLease(name: CredentialName, holdFor: Millis): Promise<GivenLease | null> {
    const lease = await this.#inner.acquireLease(name, holdFor);
    if (lease === null) return null;
    const end = this.#schedule.after(holdFor, null, `a lease on ${name} runs out`, () => {
      this.outlived.set(name, [...(this.outlived.get(name) ?? []), this.#schedule.now]);
    });
    return {
      release: () => {
        end.cancel();
        return lease.release();
      },
    };
  }

  /** Loses its last writes and all leases, as a fail-over to a lagging replica does; or all, as a flush. */
  async lose(writes: number): Promise<void> {
    this.#writes = this.#writes.slice(0, Math.max(0, this.#writes.length - writes));
    this.#inner = this.#make();
    this.#generations.clear();
    for (const write of this.#writes) await write(this.#inner);
  }

  #raise(name: CredentialName, generation: number): void {
    const before = this.#generations.get(name) ?? 0;
    if (generation <= before) {
      this.#schedule.violate(`the store went from generation ${before} of ${name} to ${generation}`);
    }
    this.#generations.set(name, generation);
    for (const watcher of this.#watchers) watcher(name, generation);
  }
}

const memoryStore = (clock: Clock): TokenStore => new MemoryTokenStore(clock);
