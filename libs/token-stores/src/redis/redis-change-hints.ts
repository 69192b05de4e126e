import { toCredentialName, type CredentialName } from '#libs/tokens';
import type { Redis } from 'ioredis';

import { RedisSubscription } from './redis-subscription.ts';

/**
 * Passes names of changed credentials from a Redis channel to watchers. Subscribes when the first one comes.
 */
export class RedisChangeHints {
  readonly #open: () => Redis;
  readonly #channel: string;
  readonly #watchers = new Set<{ readonly hint: (name: CredentialName) => void }>();
  #subscription: RedisSubscription | null = null;

  /** @param open makes a client that ends when its connection does */
  constructor(open: () => Redis, channel: string) {
    this.#open = open;
    this.#channel = channel;
  }

  /** Adds a watcher. Returns a function that removes it. */
  watch(hint: (name: CredentialName) => void): () => void {
    this.#subscription ??= new RedisSubscription(this.#open, this.#channel, (message) => this.#pass(message));
    const watcher = { hint };
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Removes all watchers and ends the subscription, within a second even while Redis hangs. */
  async close(): Promise<void> {
    this.#watchers.clear();
    await this.#subscription?.close();
  }

  #pass(message: string): void {
    const name = toCredentialName(message);
    if (name !== null) for (const { hint } of this.#watchers) hint(name);
  }
}
