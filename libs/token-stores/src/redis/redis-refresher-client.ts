import { randomUUID } from 'node:crypto';

import {
  RefresherClient,
  withDeadlineOr,
  type RefresherResponse,
  type Millis,
  type RefresherRequest,
} from '#libs/tokens';

import type { RedisAddress } from './redis-address.ts';
import { openSubscriber } from './redis-client.ts';
import { answeredSchema, askedSchema } from './refresher-messages.ts';
import { RedisConnection } from './redis-connection.ts';
import { RedisSubscription } from './redis-subscription.ts';
import { openText, sealText } from '../sealing/sealed-text.ts';
import type { SealingKeys } from '../sealing/sealing-keys.ts';

/** Nobody waits longer than this for an answer, so a question that is older is nobody's any more. In seconds. */
const MAX_REQUEST_TIMEOUT = 60;

interface RedisRefresherClientOptions {
  readonly address: RedisAddress;
  readonly keyPrefix: string;
  readonly sealingKeys: SealingKeys;
  readonly ca?: string | undefined;
}

/** Questions over Redis's pub/sub, sealed: whoever can read or write in Redis learns nothing and has nothing done. */
export class RedisRefresherClient extends RefresherClient {
  readonly #options: RedisRefresherClientOptions;
  readonly #connection: RedisConnection;
  readonly #own = randomUUID();
  readonly #subscriptions: RedisSubscription[] = [];
  readonly #waiting = new Map<string, (answer: RefresherResponse) => void>();

  constructor(options: RedisRefresherClientOptions) {
    super();
    this.#options = options;
    this.#connection = new RedisConnection(options.address, options.ca);
    this.#listen(this.#channel(`answers:${this.#own}`), (message) => this.#receive(message));
  }

  async send(request: RefresherRequest, patience: Millis): Promise<RefresherResponse | null> {
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<RefresherResponse | null>();
    this.#waiting.set(id, resolve);
    try {
      await this.#send('questions', { id, replyTo: this.#own, at: Date.now(), request });
      return await withDeadlineOr(patience, promise, null);
    } catch {
      // The store is down, as its mirror says too; nobody can be asked.
      return null;
    } finally {
      this.#waiting.delete(id);
    }
  }

  handleWith(answer: (request: RefresherRequest) => Promise<RefresherResponse>): void {
    this.#listen(this.#channel('questions'), async (message) => {
      const { id, replyTo, at, request } = askedSchema.parse(await this.#open('questions', message));
      if (Math.abs(Date.now() - at) > MAX_REQUEST_TIMEOUT * 1000 || !(await this.#isFirst(id))) return;
      await this.#send(`answers:${replyTo}`, { id, answer: await answer(request) });
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#connection.close(), ...this.#subscriptions.map((each) => each.close())]);
  }

  async #receive(message: string): Promise<void> {
    const { id, answer } = answeredSchema.parse(await this.#open(`answers:${this.#own}`, message));
    this.#waiting.get(id)?.(answer);
  }

  /** Everybody who answers hears a question; the first to say so answers it, and a replayed one is nobody's. */
  async #isFirst(id: string): Promise<boolean> {
    const key = this.#channel(`question:${id}`);
    const taken = await this.#connection.run((redis) =>
      redis.set(key, '1', 'EX', 2 * MAX_REQUEST_TIMEOUT, 'NX'),
    );
    return taken === 'OK';
  }

  async #send(to: string, content: object): Promise<void> {
    const sealed = await sealText(this.#options.sealingKeys, JSON.stringify(content), this.#place(to));
    await this.#connection.run((redis) => redis.publish(this.#channel(to), sealed));
  }

  async #open(to: string, sealed: string): Promise<unknown> {
    return JSON.parse(await openText(this.#options.sealingKeys, sealed, this.#place(to)));
  }

  #place(to: string): { pfx: string; to: string } {
    return { pfx: this.#options.keyPrefix, to };
  }

  #channel(name: string): string {
    return `${this.#options.keyPrefix}:${name}`;
  }

  #listen(channel: string, hear: (message: string) => Promise<void>): void {
    const { address, ca } = this.#options;
    const open = () => openSubscriber(address, ca, this.#connection.nodes);
    // What can't be opened was not for us, and what can't be answered has nobody waiting for long.
    const subscription = new RedisSubscription(
      open,
      channel,
      (message) => void hear(message).catch(() => undefined),
    );
    this.#subscriptions.push(subscription);
  }
}
