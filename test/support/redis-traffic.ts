import { StoreUnavailable, type CredentialName, type ServingSide, type TokenStore } from '#libs/tokens';

import { recordOf } from './store-fixtures.ts';
import { ManualClock } from '../fakes/manual-clock.ts';
import { servingSideOver } from './serving-side.ts';

/** A writer that publishes generation after generation, and a reader that polls, both until `stop`. */
export class RedisTraffic {
  readonly #name: CredentialName;
  readonly #writer: TokenStore;
  readonly #serving: ServingSide;
  readonly #loops: Promise<void>[];
  #isStopped = false;
  #generation = 0;
  /** The highest published generation. */
  accepted = 0;
  /** The reader's generation after each successful poll. */
  readonly seen: number[] = [];
  /** How many publications and polls failed because the store was unavailable. */
  refused = 0;
  /** All other errors. */
  readonly surprises: unknown[] = [];
  /** Duration of the slowest operation, in milliseconds. */
  slowest = 0;

  constructor(name: CredentialName, writer: TokenStore, reader: TokenStore) {
    this.#name = name;
    this.#writer = writer;
    this.#serving = servingSideOver(reader, new ManualClock());
    this.#loops = [this.#forever(() => this.#publish()), this.#forever(() => this.#poll())];
  }

  /** Stops after a last successful poll. Returns the reader's generation. */
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
      // After a failover, the reader may have written a higher generation than this writer.
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

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
