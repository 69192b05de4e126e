import { StoreUnavailable, type CredentialName, type ServingSide, type TokenStore } from '#libs/tokens';

import { recordOf } from './store-fixtures.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { servingSideOver } from './serving-side.ts';

/** A process that publishes one generation after another, and one that polls, both without a pause, until they are told to stop. */
export class RedisTraffic {
  readonly #name: CredentialName;
  readonly #writer: TokenStore;
  readonly #serving: ServingSide;
  readonly #loops: Promise<void>[];
  #isStopped = false;
  #generation = 0;
  /** The highest generation of which the store said that it was published. */
  accepted = 0;
  /** What the reader held after each poll that the store answered. */
  readonly seen: number[] = [];
  /** How many publications and polls were refused because the store could not be reached. */
  refused = 0;
  /** Whatever else became of an operation: there should be nothing. */
  readonly surprises: unknown[] = [];
  /** How long the slowest operation took, in milliseconds. */
  slowest = 0;

  /** Starts at once. */
  constructor(name: CredentialName, writer: TokenStore, reader: TokenStore) {
    this.#name = name;
    this.#writer = writer;
    this.#serving = servingSideOver(reader, new ManualClock());
    this.#loops = [this.#forever(() => this.#publish()), this.#forever(() => this.#poll())];
  }

  /** Stops, after a last poll that the store answered. Gives the generation that the reader has now. */
  async stop(): Promise<number> {
    this.#isStopped = true;
    await Promise.all(this.#loops);
    while (!(await this.#serving.sync.poll())) await pause();
    return this.#serving.tokens.generationOf(this.#name);
  }

  async #forever(step: () => Promise<void>): Promise<void> {
    while (!this.#isStopped) {
      const start = performance.now();
      await step();
      this.slowest = Math.max(this.slowest, performance.now() - start);
      await pause();
    }
  }

  async #publish(): Promise<void> {
    try {
      const { status, generation } = await this.#writer.publish(recordOf(this.#name, ++this.#generation));
      if (status === 'published') this.accepted = generation;
      // After a fail-over the reader may have put a newer one there than this process has published.
      else this.#generation = Math.max(this.#generation, generation);
    } catch (error) {
      if (error instanceof StoreUnavailable) this.refused += 1;
      else this.surprises.push(error);
    }
  }

  async #poll(): Promise<void> {
    if (await this.#serving.sync.poll()) this.seen.push(this.#serving.tokens.generationOf(this.#name));
    else this.refused += 1;
  }
}

/** Lets others have their turn. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
