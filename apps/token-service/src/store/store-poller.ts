import { PeerSync, SingleFlight, SourceReports, StoreSync, TokenStore } from '#libs/tokens';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';

/**
 * Synchronizes this process with the store: at each message of the store, and every second for missed
 * messages.
 */
@Injectable()
export class StorePoller implements OnModuleInit, OnApplicationShutdown {
  readonly #sync: StoreSync;
  readonly #store: TokenStore;
  readonly #sourceReports: SourceReports;
  readonly #peers: PeerSync;
  readonly #polls = new SingleFlight<'poll', boolean>();
  #stopWatching: (() => void) | null = null;

  constructor(
    @Inject(StoreSync) sync: StoreSync,
    @Inject(SourceReports) sourceReports: SourceReports,
    @Inject(TokenStore) store: TokenStore,
    @Inject(PeerSync) peers: PeerSync,
  ) {
    this.#peers = peers;
    this.#sync = sync;
    this.#sourceReports = sourceReports;
    this.#store = store;
  }

  onModuleInit(): void {
    this.#stopWatching = this.#sync.watch();
  }

  @Interval(1_000)
  async poll(): Promise<void> {
    await this.#polls.run('poll', () => this.#sync.poll());
    await this.#peers.tick();
  }

  /** A process without a credential source shows what the others found. */
  @Interval(5_000)
  async pullSourceReport(): Promise<void> {
    await this.#sourceReports.pull();
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopWatching?.();
    await this.#sync.flushCache();
    await this.#store.close();
  }
}
