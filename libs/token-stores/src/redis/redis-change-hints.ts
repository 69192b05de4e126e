import { toCredentialName, type CredentialName } from '#libs/tokens';
import type { Redis } from 'ioredis';

import type { RecordMac } from '../sealing/record-mac.ts';
import { parseGeneration } from './generation.ts';
import type { IgnoredRecord } from './ignored-record.ts';
import { RedisSubscription } from './redis-subscription.ts';

/** Longer than any message of this service: name, key id, MAC and generation. */
const MAX_LENGTH = 200;

type Hint = (name: CredentialName, generation: number) => void;

interface RedisChangeHintsParts {
  /** Makes a client that ends when its connection does. */
  readonly open: () => Redis;
  readonly channel: string;
  readonly mac: RecordMac;
  readonly onIgnored: (kind: IgnoredRecord, count: number) => void;
  /** Hears each error of Redis to an attempt to subscribe. */
  readonly onRefusal: (error: unknown) => void;
}

/**
 * Passes the names and generations of changed credentials from a Redis channel to watchers. Every message is
 * signed. Subscribes when the first watcher comes.
 */
export class RedisChangeHints {
  readonly #parts: RedisChangeHintsParts;
  readonly #watchers = new Set<{ readonly hint: Hint }>();
  #subscription: RedisSubscription | null = null;

  constructor(parts: RedisChangeHintsParts) {
    this.#parts = parts;
  }

  /** The message for a changed credential. */
  message(name: CredentialName, generation: number): string {
    return `${name} ${this.#parts.mac.sign(['hint', name], String(generation))}`;
  }

  /** Adds a watcher. Returns a function that removes it. */
  watch(hint: Hint): () => void {
    const { open, channel, onIgnored, onRefusal } = this.#parts;
    this.#subscription ??= new RedisSubscription({
      open,
      channel,
      listener: (message) => this.#pass(message),
      onStorm: () => onIgnored('storm', 1),
      onRefusal,
    });
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
    const { mac, onIgnored } = this.#parts;
    const space = message.indexOf(' ');
    const name = message.length > MAX_LENGTH ? null : toCredentialName(message.slice(0, space));
    const generation = name === null ? null : mac.open(['hint', name], message.slice(space + 1));
    // A process of a version that signs no messages sends the name alone.
    if (space < 0 && message.length <= MAX_LENGTH && toCredentialName(message) !== null) return;
    if (name === null || generation === null) onIgnored('hint', 1);
    else for (const { hint } of this.#watchers) hint(name, parseGeneration(generation));
  }
}
