import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { inSeconds, measured } from './support/measurements.ts';
import { Publisher } from './support/publisher.ts';
import type { Replica } from './support/replica.ts';
import type { ReplicaSet } from './support/replica-set.ts';
import { agreed, aRedis, aSite, forThisTest, replicas } from './support/stage.ts';

const CHANNEL = 'ims-token:changes';

/** Asks without a pause, so that the time is the service's own. */
async function untilServed(replica: Replica, tag: string): Promise<void> {
  while ((await replica.get('/v1/tokens/aem-dev')).etag !== tag);
}

/** Milliseconds from the publication of each new token until the last replica vends it, shortest first. */
async function propagation(set: ReplicaSet, publisher: Publisher, times: number): Promise<number[]> {
  const lengths: number[] = [];
  for (let turn = 0; turn < times; turn++) {
    // At different moments between two polls, not always right after one.
    await new Promise((resolve) => setTimeout(resolve, (turn / times) * 1_000));
    const start = performance.now();
    const tag = await publisher.publish('aem-dev');
    await Promise.all(set.replicas.map((replica) => untilServed(replica, tag)));
    lengths.push(performance.now() - start);
  }
  return lengths.sort((a, b) => a - b);
}

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? NaN;

describe('a new token', () => {
  it('reaches every replica by message, by the next poll without messages, and by message again', async () => {
    const [site, redis] = await Promise.all([aSite(), aRedis()]);
    const set = await replicas(site, { redis: redis.url });
    await agreed(set, 'aem-dev');
    const admin = new Redis(redis.url);
    forThisTest({ close: async () => admin.disconnect() });
    const publisher = forThisTest(new Publisher(redis.url));
    const listeners = async (): Promise<unknown> => (await admin.pubsub('NUMSUB', CHANNEL))[1];

    await eventually(listeners, (count) => count === 3);
    const byMessage = await propagation(set, publisher, 21);
    // Every subscription is lost, and regained.
    await admin.client('KILL', 'TYPE', 'PUBSUB');
    await eventually(listeners, (count) => count === 3);
    const regained = await propagation(set, publisher, 11);
    // Redis now refuses the channel to every user: no replica publishes or receives on it.
    await admin.acl('SETUSER', 'default', 'resetchannels');
    await eventually(listeners, (count) => count === 0);
    const byLook = await propagation(set, publisher, 8);

    expect(byMessage.concat(regained, byLook)).toHaveLength(40);
    await measured(
      'messages-lost',
      `from publication to the last of three replicas by message ${inSeconds(median(byMessage))} at the median, ${inSeconds(byMessage.at(-1) ?? NaN)} at most`,
      `without messages ${inSeconds(median(byLook))} at the median, ${inSeconds(byLook.at(-1) ?? NaN)} at most`,
      `by message again ${inSeconds(median(regained))} at the median`,
    );
  }, 300_000);
});
