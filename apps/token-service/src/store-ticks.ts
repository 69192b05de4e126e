import { StoreMirror, TokenStore } from '#libs/tokens';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';

/** Keeps this process in step with the store: by its messages at once, and by looking every second for what they missed. */
@Injectable()
export class StoreTicks implements OnApplicationShutdown {
  readonly #mirror: StoreMirror;
  readonly #store: TokenStore;
  readonly #stopWatching: () => void;

  constructor(@Inject(StoreMirror) mirror: StoreMirror, @Inject(TokenStore) store: TokenStore) {
    this.#mirror = mirror;
    this.#store = store;
    this.#stopWatching = mirror.watch();
  }

  @Cron(CronExpression.EVERY_SECOND, { waitForCompletion: true })
  async followStore(): Promise<void> {
    await this.#mirror.poll();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopWatching();
    await this.#store.close();
  }
}
