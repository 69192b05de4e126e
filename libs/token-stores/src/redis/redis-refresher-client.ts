import { randomUUID } from 'node:crypto';

import {
  RefresherClient,
  withDeadlineOr,
  type Millis,
  type RefresherRequest,
  type RefresherResponse,
} from '#libs/tokens';
import QuickLRU from 'quick-lru';

import type { IgnoredRecord } from './ignored-record.ts';
import { RedisFiles } from '../files/redis-files.ts';
import type { RedisAddress } from './redis-address.ts';
import { openSubscriber } from './redis-client.ts';
import { RedisConnection } from './redis-connection.ts';
import { RedisSubscription } from './redis-subscription.ts';
import { RefusedRights } from './refused-rights.ts';
import { requestMessageSchema, responseMessageSchema } from './refresher-messages.ts';
import { openText, sealText } from '../sealing/sealed-text.ts';
import type { SealingKeys } from '../sealing/sealing-keys.ts';

/** Requests older than this are dropped, in seconds: no client waits longer for a response. */
const MAX_REQUEST_AGE = 60;
/** How many requests a refresher remembers, so that it handles none twice even if its claim is deleted. */
const REMEMBERED_REQUESTS = 10_000;
/** Requests and responses have about 500 characters. */
const MAX_MESSAGE_LENGTH = 8_192;

const REQUESTS = 'questions';

interface RedisRefresherClientOptions {
  readonly address: RedisAddress;
  readonly keyPrefix: string;
  readonly sealingKeys: SealingKeys;
  /** Password and certificates from files; none by default. */
  readonly files?: RedisFiles | undefined;
  /** Hears which command, key or channel Redis refuses to this user, with the remedy. */
  readonly onRefusedRight?: ((reason: string) => void) | undefined;
  /** Called for messages that are ignored, as no process with the sealing keys sent them. */
  readonly onIgnored?: (kind: IgnoredRecord, count: number) => void;
}

/**
 * Sends requests and responses over Redis pub/sub. Messages are sealed: a user of Redis without the key can
 * neither read a message nor send one.
 */
export class RedisRefresherClient extends RefresherClient {
  readonly #options: RedisRefresherClientOptions;
  readonly #files: RedisFiles;
  readonly #refused: RefusedRights;
  readonly #connection: RedisConnection;
  readonly #clientId = randomUUID();
  readonly #subscriptions: RedisSubscription[] = [];
  /** By request id. */
  readonly #pending = new Map<string, (response: RefresherResponse) => void>();
  /** Ids of requests that this process received. */
  readonly #received = new QuickLRU<string, true>({
    maxSize: REMEMBERED_REQUESTS,
    maxAge: 2 * MAX_REQUEST_AGE * 1000,
  });

  constructor(options: RedisRefresherClientOptions) {
    super();
    this.#options = options;
    const { address, keyPrefix, files = new RedisFiles({}), onRefusedRight } = options;
    this.#files = files;
    this.#refused = new RefusedRights({ address, keyPrefix }, onRefusedRight);
    this.#connection = new RedisConnection({ address, keyPrefix, files, refused: this.#refused });
    this.#subscribe(responsesTo(this.#clientId), (message) => this.#receive(message));
  }

  async send(request: RefresherRequest, timeout: Millis): Promise<RefresherResponse | null> {
    const id = randomUUID();
    const { promise, resolve } = Promise.withResolvers<RefresherResponse | null>();
    this.#pending.set(id, resolve);
    try {
      const asked = async () => {
        const at = await this.#redisTime();
        await this.#publish(REQUESTS, { id, replyTo: this.#clientId, at, request });
        return promise;
      };
      return await withDeadlineOr(timeout, asked(), null);
    } catch {
      // Redis is down, which StoreSync reports.
      return null;
    } finally {
      this.#pending.delete(id);
    }
  }

  handleWith(handle: (request: RefresherRequest) => Promise<RefresherResponse>): void {
    this.#subscribe(REQUESTS, async (message) => {
      const { id, replyTo, at, request } = requestMessageSchema.parse(await this.#open(REQUESTS, message));
      if (this.#received.has(id)) return;
      this.#received.set(id, true);
      const age = (await this.#redisTime()) - at;
      if (Math.abs(age) > MAX_REQUEST_AGE * 1000 || !(await this.#claim(id))) return;
      await this.#publish(responsesTo(replyTo), { id, answer: await handle(request) });
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.#connection.close(), ...this.#subscriptions.map((each) => each.close())]);
  }

  async #receive(message: string): Promise<void> {
    const opened = await this.#open(responsesTo(this.#clientId), message);
    const { id, answer } = responseMessageSchema.parse(opened);
    this.#pending.get(id)?.(answer);
  }

  /**
   * The clock of Redis in epoch milliseconds: the clocks of two processes may differ by any amount. The key
   * makes all processes ask the same node of a Cluster.
   */
  async #redisTime(): Promise<number> {
    const key = this.#prefixed(REQUESTS);
    const [inSeconds, micros] = await this.#connection.run((redis) => redis.readTime(key));
    return Number(inSeconds) * 1000 + Math.floor(Number(micros) / 1000);
  }

  /**
   * Every refresher receives a request. Only the first one that claims it handles it; a replayed one is
   * claimed.
   */
  async #claim(id: string): Promise<boolean> {
    const key = this.#prefixed(`question:${id}`);
    const claimed = await this.#connection.run((redis) =>
      redis.set(key, '1', 'EX', 2 * MAX_REQUEST_AGE, 'NX'),
    );
    return claimed === 'OK';
  }

  async #publish(channel: string, content: object): Promise<void> {
    const sealed = await sealText(this.#options.sealingKeys, JSON.stringify(content), this.#place(channel));
    await this.#connection.run((redis) => redis.publish(this.#prefixed(channel), sealed));
  }

  /** @throws Error for a message that no process with the sealing keys sent */
  async #open(channel: string, sealed: string): Promise<unknown> {
    const { sealingKeys, onIgnored = () => undefined } = this.#options;
    try {
      if (sealed.length > MAX_MESSAGE_LENGTH) throw new Error('too long for a message');
      return JSON.parse(await openText(sealingKeys, sealed, this.#place(channel)));
    } catch (error) {
      onIgnored('message', 1);
      throw error;
    }
  }

  #place(channel: string): { pfx: string; to: string } {
    return { pfx: this.#options.keyPrefix, to: channel };
  }

  #prefixed(name: string): string {
    return `${this.#options.keyPrefix}:${name}`;
  }

  #subscribe(channel: string, receive: (message: string) => Promise<void>): void {
    const { address, onIgnored = () => undefined } = this.#options;
    const open = () => openSubscriber(address, this.#files, this.#connection.nodes);
    // A request that fails gets no response: it times out.
    const listener = (message: string) => void receive(message).catch(() => undefined);
    const onStorm = () => onIgnored('storm', 1);
    const onRefusal = (error: unknown) => this.#refused.note(error);
    this.#subscriptions.push(
      new RedisSubscription({ open, channel: this.#prefixed(channel), listener, onStorm, onRefusal }),
    );
  }
}

const responsesTo = (clientId: string): string => `answers:${clientId}`;
