import { describe, expect, it } from 'vitest';

import { Callers } from './support/callers.ts';
import { ExchangeCount } from './support/exchange-count.ts';
import { inSeconds, measured, timed } from './support/measurements.ts';
import { agreed, aRedis, aSite, everywhere, renewed, replicas } from './support/stage.ts';

describe('a Redis that dies', () => {
  it('is not noticed by callers even where renewals fall due, and gets the tokens back when it comes back empty', async () => {
    const [site, redis] = await Promise.all([aSite({ tokenLife: 20 }), aRedis()]);
    const set = await replicas(site, { redis: redis.url });
    const count = await ExchangeCount.start(site);
    const callers = new Callers(site, set, { perSecond: 200 });
    const noticed = await timed(async () => {
      await redis.kill();
      await everywhere(set, 'ims_token_store_up', 0);
    });
    const first = await agreed(set, 'aem-dev');
    await renewed(set, 'aem-dev', first);
    await redis.restart();
    const back = await timed(() => everywhere(set, 'ims_token_store_up', 1));
    await agreed(set, 'aem-dev', first);
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    expect(set.probes.mostTransitionsAMinute).toBe(0);
    // Alone, each replica renews for itself.
    const issued = await count.most();
    expect(issued).toBeLessThanOrEqual(count.windows * set.replicas.length);
    await measured(
      'redis-killed',
      tally.inWords,
      `noticed by all within ${inSeconds(noticed)}, by all again ${inSeconds(back)} after its start`,
      `${issued} tokens issued in ${count.windows} windows by ${set.replicas.length} replicas that renew for themselves meanwhile`,
    );
  }, 300_000);
});
