import { SourceUnavailable, StoreUnavailable, type TokenEvent } from '#libs/tokens';

import { TokenProcess } from '../support/tokens/token-process.ts';
import { Line } from './line.ts';
import { PeersLine } from './peers-line.ts';
import type { Replica } from './replica.ts';
import type { Owner } from './schedule.ts';
import { ImsLine } from './simulated-ims.ts';
import { SourceLine } from './simulated-source.ts';
import { StoreLine } from './store-line.ts';

/** One process from its start to its end: the production code, with lines to everything around it. */
export class Incarnation implements Owner {
  readonly id: string;
  readonly service: TokenProcess;
  readonly store: StoreLine;
  readonly source: SourceLine;
  readonly #replica: Replica;
  #isPolling = false;
  #isLooking = false;
  isAlive = true;
  pausedUntil = 0;

  constructor(replica: Replica, id: string, listener: (event: TokenEvent) => void) {
    const { schedule, random, ims, source, store, peerRandom } = replica.surroundings;
    this.id = id;
    this.#replica = replica;
    const shared = { owner: this, schedule, random };
    const storeLine = new Line({
      ...shared,
      fault: () => replica.storeFault,
      failure: () => new StoreUnavailable('simulated outage'),
      onTrouble: () => replica.noteTrouble(),
    });
    const sourceLine = new Line({
      ...shared,
      fault: () => replica.sourceFault,
      failure: () => new SourceUnavailable('simulated outage'),
      onTrouble: () => undefined,
    });
    this.store = new StoreLine(storeLine, store);
    this.source = new SourceLine(sourceLine, source);
    const peers =
      peerRandom &&
      new PeersLine(
        new Line({
          owner: this,
          schedule,
          random: peerRandom,
          fault: () => replica.peerFault,
          failure: () => new Error('simulated outage'),
          onTrouble: () => undefined,
        }),
        () => replica.surroundings.replicas.filter((other) => other !== replica),
      );
    this.service = new TokenProcess({
      ...(peers && { peers }),
      clock: replica.clock,
      store: this.store,
      source: this.source,
      ims: new ImsLine(this, replica.clock, ims),
      random: random.next,
      listener,
    });
  }

  /** Store first, then source, then everything due, as the application starts; then ticks. */
  start(): void {
    this.service.sync.watch();
    this.#later(0, 2_000, async () => {
      await this.service.sync.poll();
      await this.service.refresher.syncWithSource();
      this.#tick();
      this.#look();
    });
  }

  #tick(): void {
    void this.service.refresher.refreshDue();
    if (!this.#isPolling) {
      this.#isPolling = true;
      void this.service.sync
        .poll()
        .then(() => this.service.peerSync.tick())
        .finally(() => {
          this.#isPolling = false;
        });
    }
    this.#later(8_000, 28_000, () => this.#tick());
  }

  #look(): void {
    if (!this.#isLooking) {
      this.#isLooking = true;
      void this.service.refresher.syncWithSource().finally(() => {
        this.#isLooking = false;
      });
    }
    this.#later(40_000, 70_000, () => this.#look());
  }

  #later(least: number, most: number, run: () => void | Promise<void>): void {
    const { schedule, random } = this.#replica.surroundings;
    schedule.after(random.between(least, most), this, '', () => void run());
  }
}
