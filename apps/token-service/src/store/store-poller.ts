import { StoreSync, TokenStore } from '#libs/tokens';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

import { oneAtATime } from '../scheduling/one-at-a-time.ts';

/** Keeps this process in step with the store: by its messages at once, and by looking every second for what they missed. */
@Injectable()
export class StorePoller implements OnApplicationShutdown {
  readonly #store: TokenStore;
  readonly #stopWatching: () => void;
  readonly #poll: () => Promise<void>;

  constructor(@Inject(StoreSync) sync: StoreSync, @Inject(TokenStore) store: TokenStore) {
    this.#store = store;
    this.#poll = oneAtATime(async () => void (await sync.poll()));
    this.#stopWatching = sync.watch();
  }

  @Interval(1_000)
  followStore(): Promise<void> {
    return this.#poll();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopWatching();
    await this.#store.close();
  }
}
