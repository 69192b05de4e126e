import type { RedisServer } from '../../support/redis-server.ts';
import type { SecretsManager } from '../../support/secrets-manager/secrets-manager.ts';
import type { TcpProxy } from '../../support/tcp-proxy.ts';
import type { ReplicaSet } from './replica-set.ts';
import type { ImsFault } from './sandbox-process.ts';
import type { Site } from './site.ts';
import { everywhere } from './stage.ts';

/** As a share of a token's life: a little less than what is left when a renewal is due. */
const RUNWAY = 0.4;

interface FaultsParts {
  readonly site: Site;
  readonly set: ReplicaSet;
  readonly redis: RedisServer;
  /** Between the first replica and Redis. */
  readonly proxy: TcpProxy;
  readonly secrets: SecretsManager;
  /** In milliseconds: how long each lasts. */
  readonly length: number;
}

/** Lets one thing after another fail, each mended and the replicas in order again before the next. */
export class Faults {
  readonly #parts: FaultsParts;
  readonly #injuries: readonly (readonly [string, () => Promise<void>])[];
  /** How often each was done. */
  readonly done = new Map<string, number>();

  constructor(parts: FaultsParts) {
    const { set, redis, proxy, secrets } = parts;
    const [first, second, third] = [set.at(0), set.at(1), set.at(2)];
    this.#parts = parts;
    this.#injuries = [
      ['replica killed', () => first.kill().then(() => first.start())],
      ['IMS answers 429', () => this.#storm({ kind: 'status', status: 429, retryAfter: 1 })],
      [
        'Redis killed',
        () =>
          this.#for(
            () => redis.kill(),
            () => redis.restart(),
          ),
      ],
      [
        'replica paused',
        () =>
          this.#for(
            () => second.pause(),
            () => second.resume(),
          ),
      ],
      ['IMS answers 500', () => this.#storm({ kind: 'status', status: 500 })],
      [
        'network cut',
        () =>
          this.#for(
            () => proxy.cut(),
            () => proxy.mend(),
          ),
      ],
      [
        'Secrets Manager down',
        () =>
          this.#for(
            () => secrets.deny('ListSecrets'),
            () => secrets.recover(),
          ),
      ],
      ['replica restarted', () => third.stop().then(() => third.start())],
      ['IMS hangs', () => this.#storm({ kind: 'hang' })],
      [
        'Redis paused',
        () =>
          this.#for(
            () => redis.pause(),
            () => redis.resume(),
          ),
      ],
      ['IMS drops connections', () => this.#storm({ kind: 'drop' })],
    ];
  }

  /** How many there were. */
  get count(): number {
    return [...this.done.values()].reduce((sum, times) => sum + times, 0);
  }

  /** Goes round and round until the work is done, the last one mended. */
  async during(work: Promise<unknown>): Promise<void> {
    const over = new AbortController();
    void work.finally(() => over.abort());
    while (!over.signal.aborted) {
      for (const [name, injure] of this.#injuries) {
        if (over.signal.aborted) return;
        this.done.set(name, (this.done.get(name) ?? 0) + 1);
        await injure();
        await this.#inOrder();
      }
    }
  }

  /** Waits until all replicas are ready, in step, and have regained the runway that the last failure cost. */
  async #inOrder(): Promise<void> {
    const { set, site } = this.#parts;
    await set.probes.allReady();
    await everywhere(set, 'ims_token_store_up', (up) => up === 1);
    await everywhere(set, 'ims_token_runway_seconds', (left) => left > RUNWAY * site.tokenLife);
  }

  #storm(fault: ImsFault): Promise<void> {
    const { sandbox } = this.#parts.site;
    return this.#for(
      () => sandbox.misbehave(fault),
      () => sandbox.behave(),
    );
  }

  async #for(injure: () => unknown, mend: () => unknown): Promise<void> {
    await injure();
    await new Promise((resolve) => setTimeout(resolve, this.#parts.length));
    await mend();
  }
}
