import { describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { Callers } from './support/callers.ts';
import { ExchangeCount } from './support/exchange-count.ts';
import { inSeconds, measured, timed } from './support/measurements.ts';
import { agreed, aRedis, aSite, replicas } from './support/stage.ts';

describe('processes that refresh', () => {
  it('may die one by one and then all: those that vend do so while tokens live', async () => {
    const [site, redis] = await Promise.all([aSite({ tokenLife: 24 }), aRedis()]);
    const refreshing = await replicas(site, { redis: redis.url, role: 'refresh', count: 2 });
    const vending = await replicas(site, { redis: redis.url, role: 'vend' });
    const first = await agreed(vending, 'aem-dev');
    const count = await ExchangeCount.start(site);
    const callers = new Callers(site, vending, { perSecond: 200 });
    await refreshing.at(0).kill();
    const second = await agreed(vending, 'aem-dev', first);
    await refreshing.at(1).kill();
    await eventually(
      () => vending.at(0).metric('ims_token_runway_seconds'),
      (runway) => runway < 8,
    );
    const back = await timed(async () => {
      await refreshing.at(0).start();
      await agreed(vending, 'aem-dev', second);
    });
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    expect(tally.without).toBe(0);
    expect(vending.probes.mostTransitionsAMinute).toBe(0);
    expect(await count.most()).toBeLessThanOrEqual(count.windows);
    await measured(
      'refreshers-killed',
      tally.inWords,
      `a new token everywhere ${inSeconds(back)} after one of them was started again`,
    );
  });
});
