import { describe, expect, it } from 'vitest';

import { Callers } from './support/callers.ts';
import { ExchangeCount } from './support/exchange-count.ts';
import { inSeconds, measured, timed } from './support/measurements.ts';
import { aRedis, aSite, replicas } from './support/stage.ts';

describe('a rolling restart', () => {
  it('of five replicas under load costs no exchange and no request', async () => {
    const [site, redis] = await Promise.all([aSite({ credentials: ['aem-dev', 'aem-prod'] }), aRedis()]);
    const set = await replicas(site, { redis: redis.url, count: 5 });
    const count = await ExchangeCount.start(site);
    const callers = new Callers(site, set, { perSecond: 200 });
    const took = await timed(() => set.rollOver());
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    expect(tally.unserved).toBe(0);
    expect(await count.most()).toBe(0);
    expect(set.events('token.minted')).toHaveLength(2);
    await measured('rolling-restart', tally.inWords, `over after ${inSeconds(took)}`);
  }, 300_000);
});
