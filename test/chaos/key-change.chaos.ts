import { randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { Callers } from './support/callers.ts';
import { ExchangeCount } from './support/exchange-count.ts';
import { measured } from './support/measurements.ts';
import { SEALING_KEY } from '../support/sealing-key.ts';
import { agreed, aRedis, aSite, replicas } from './support/stage.ts';

const NEW_KEY = `k2:${randomBytes(32).toString('base64')}`;
const keys = (...all: string[]): Record<string, string> => ({ TOKEN_ENCRYPTION_KEYS: all.join(',') });

describe('TOKEN_ENCRYPTION_KEYS', () => {
  it('are changed over three replicas under load: append everywhere, move to the front, remove once all is sealed again', async () => {
    const [site, redis] = await Promise.all([aSite({ tokenLife: 30 }), aRedis()]);
    const set = await replicas(site, { redis: redis.url });
    const count = await ExchangeCount.start(site);
    const callers = new Callers(site, set, { perSecond: 200 });
    // Every replica can open both before any seals with the new one …
    await set.rollOver(keys(SEALING_KEY, NEW_KEY));
    await set.rollOver(keys(NEW_KEY, SEALING_KEY));
    // … and the old one may go when nothing in Redis is sealed with it any more: one renewal later.
    await agreed(set, 'aem-dev', await agreed(set, 'aem-dev'));
    await set.rollOver(keys(NEW_KEY));
    await agreed(set, 'aem-dev', await agreed(set, 'aem-dev'));
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    expect(tally.unserved).toBe(0);
    expect(set.events('store.token-refused')).toEqual([]);
    const issued = await count.most();
    expect(issued).toBeLessThanOrEqual(count.windows);
    await measured(
      'key-change',
      tally.inWords,
      `nine restarts, ${issued} tokens issued in ${count.windows} windows, none refused by a replica`,
    );
  });
});
