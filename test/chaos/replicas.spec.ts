import { describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { Callers } from './support/callers.ts';
import { ExchangeCount } from './support/exchange-count.ts';
import { inSeconds, measured, timed } from './support/measurements.ts';
import { agreed, aRedis, aSite, replicas } from './support/stage.ts';

describe('replicas', () => {
  it('stand in for one that dies, and it starts again without an exchange', async () => {
    const [site, redis] = await Promise.all([aSite({ credentials: ['aem-dev', 'aem-prod'] }), aRedis()]);
    const set = await replicas(site, { redis: redis.url });
    const count = await ExchangeCount.start(site);
    const callers = new Callers(site, set, { perSecond: 200 });
    await set.at(0).kill();
    const back = await timed(async () => {
      await set.at(0).start();
      await set.probes.allReady();
    });
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    expect(await count.most()).toBe(0);
    await measured('replica-killed', tally.inWords, `ready again ${inSeconds(back)} after its restart`);
  }, 300_000);

  it('renew instead of one that hangs in the middle of a renewal, and its late token does no harm', async () => {
    const [site, redis] = await Promise.all([aSite({ tokenLife: 20 }), aRedis()]);
    const set = await replicas(site, { redis: redis.url });
    const first = await agreed(set, 'aem-dev');
    const count = await ExchangeCount.start(site);
    const callers = new Callers(site, set, { perSecond: 100 });
    // With the others asleep it is the first that takes the lease; then it is the first that sleeps.
    const [holder, ...others] = set.replicas;
    for (const other of others) other.pause();
    const asked = async (): Promise<number> =>
      Object.values(await site.sandbox.ledger()).reduce((sum, { requests }) => sum + requests, 0);
    const before = await asked();
    await site.sandbox.misbehave({ kind: 'latency', latencyMs: 1_000, times: 1 });
    await eventually(asked, (now) => now > before);
    holder?.pause();
    for (const other of others) other.resume();
    const second = await eventually(
      async () => (await others[0]?.get('/v1/tokens/aem-dev'))?.etag,
      (etag) => etag !== undefined && etag !== first,
    );
    holder?.resume();
    await set.probes.allReady();
    await agreed(set, 'aem-dev', first);
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    expect(second).toBeDefined();
    const issued = await count.most();
    expect(issued).toBeLessThanOrEqual(count.windows + 1);
    await measured('replica-paused', tally.inWords, `${issued} tokens issued in ${count.windows} windows`);
  }, 300_000);
});
