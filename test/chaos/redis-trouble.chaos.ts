import { describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { Callers } from './support/callers.ts';
import { ExchangeCount } from './support/exchange-count.ts';
import { inSeconds, measured, timed } from './support/measurements.ts';
import { agreed, aRedis, aSite, everywhere, forThisTest, renewed, replicas } from './support/stage.ts';

describe('a Redis that hangs', () => {
  it('holds up no caller and no renewal', async () => {
    const [site, redis] = await Promise.all([aSite({ tokenLife: 20 }), aRedis()]);
    const set = await replicas(site, { redis: redis.url });
    const first = await agreed(set, 'aem-dev');
    const count = await ExchangeCount.start(site);
    const callers = new Callers(site, set, { perSecond: 200 });
    redis.pause();
    const noticed = await timed(() => everywhere(set, 'ims_token_store_up', 0));
    await renewed(set, 'aem-dev', first);
    redis.resume();
    const back = await timed(() => everywhere(set, 'ims_token_store_up', 1));
    await agreed(set, 'aem-dev', first);
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    expect(set.probes.mostTransitionsAMinute).toBe(0);
    const issued = await count.most();
    expect(issued).toBeLessThanOrEqual(count.windows * set.replicas.length);
    await measured(
      'redis-paused',
      tally.inWords,
      `noticed by all within ${inSeconds(noticed)}, by all again ${inSeconds(back)} after it went on`,
      `longest time between two vends ${inSeconds(tally.longestGap)}`,
      `${issued} tokens issued in ${count.windows} windows`,
    );
  });
});

describe('a network that is cut between one replica and Redis', () => {
  it('leaves that replica on its own until it is mended, and the others in step', async () => {
    const [site, redis] = await Promise.all([aSite({ tokenLife: 20 }), aRedis()]);
    const proxy = await TcpProxy.to(redis.port);
    forThisTest({ close: async () => proxy.remove() });
    const set = await replicas(site, { redis: [`redis://127.0.0.1:${proxy.port}`, redis.url, redis.url] });
    const alone = set.at(0);
    const first = await agreed(set, 'aem-dev');
    const count = await ExchangeCount.start(site);
    const callers = new Callers(site, set, { perSecond: 200 });
    const storeUp = (): Promise<number> => alone.metric('ims_token_store_up');
    proxy.cut();
    const noticed = await timed(() => eventually(storeUp, (up) => up === 0));
    await renewed({ replicas: [alone] }, 'aem-dev', first);
    expect(await set.at(1).metric('ims_token_store_up')).toBe(1);
    proxy.mend();
    const back = await timed(() => eventually(storeUp, (up) => up === 1));
    await agreed(set, 'aem-dev', first);
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    const issued = await count.most();
    // Two parties now: the one that is cut off, and the others.
    expect(issued).toBeLessThanOrEqual(count.windows * 2);
    await measured(
      'redis-cut-off',
      tally.inWords,
      `noticed within ${inSeconds(noticed)}, in step again ${inSeconds(back)} after it was mended`,
      `${issued} tokens issued in ${count.windows} windows`,
    );
  });
});
