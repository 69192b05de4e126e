import { describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { Callers } from './support/callers.ts';
import { ExchangeCount } from './support/exchange-count.ts';
import { inSeconds, measured, timed } from './support/measurements.ts';
import type { ReplicaSet } from './support/replica-set.ts';
import type { Site } from './support/site.ts';
import { agreed, aRedis, aSite, renewed, replicas } from './support/stage.ts';

const HOUR = 3_600_000;
const LIFE = 24;

/** Three replicas whose first one's clock can be set off, and callers. */
async function underLoad(): Promise<{ site: Site; set: ReplicaSet; callers: Callers; first: string }> {
  const [site, redis] = await Promise.all([aSite({ tokenLife: LIFE }), aRedis()]);
  const set = await replicas(site, { redis: redis.url, hasShiftedClocks: true });
  const first = await agreed(set, 'aem-dev');
  return { site, set, first, callers: new Callers(site, set, { perSecond: 200 }) };
}

/** The error codes a replica with a wrong clock may answer with. It never vends a token that AEM refuses. */
const isOwnRefusal = (wrong: string): boolean => wrong.includes('"code":"token_expired"');

describe('a clock that jumps by a quarter of a life', () => {
  it.each([
    ['clock-forward', 1],
    ['clock-back', -1],
  ] as const)('is not noticed by callers: %s', async (scenario, direction) => {
    const { site, set, callers, first } = await underLoad();
    const count = await ExchangeCount.start(site);
    await set.at(0).setClockOff((direction * LIFE * 1_000) / 4);
    const second = await agreed(set, 'aem-dev', first);
    const third = await agreed(set, 'aem-dev', second);
    await set.at(0).setClockOff(0);
    await agreed(set, 'aem-dev', third);
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    expect(set.probes.mostTransitionsAMinute).toBe(0);
    const issued = await count.most();
    // The jump, and the jump back.
    expect(issued).toBeLessThanOrEqual(count.windows + 2);
    const said = `${issued} tokens issued in ${count.windows} windows`;
    await measured(scenario, `${LIFE / 4} s with tokens of ${LIFE} s: ${tally.inWords}`, said);
  });
});

describe('a clock that jumps an hour while tokens live seconds', () => {
  it('ahead takes its replica out of service, and no other', async () => {
    const { site, set, callers, first } = await underLoad();
    const odd = set.at(0);
    const count = await ExchangeCount.start(site);
    await odd.setClockOff(HOUR);
    const out = await timed(() =>
      eventually(
        () => Promise.resolve(set.probes.ready),
        (ready) => !ready.includes(odd),
      ),
    );
    // The others go on through a whole renewal.
    const others = [set.at(1), set.at(2)];
    await renewed({ replicas: others }, 'aem-dev', first);
    await odd.setClockOff(0);
    const back = await timed(() => set.probes.allReady());
    const tally = await callers.stop();
    expect(tally.wrong.filter((wrong) => !isOwnRefusal(wrong))).toEqual([]);
    const issued = await count.most();
    await measured(
      'clock-far-forward',
      tally.inWords,
      `taken out of service ${inSeconds(out)} after the jump, ready again ${inSeconds(back)} after the clock was right`,
      `${issued} tokens issued in ${count.windows} windows`,
    );
  });

  it('back makes no replica vend an expired token', async () => {
    const { site, set, callers } = await underLoad();
    const count = await ExchangeCount.start(site);
    await set.at(0).setClockOff(-HOUR);
    let tag = await agreed(set, 'aem-dev');
    for (let renewal = 0; renewal < 3; renewal++) tag = await agreed(set, 'aem-dev', tag);
    await set.at(0).setClockOff(0);
    await agreed(set, 'aem-dev', tag);
    const tally = await callers.stop();
    expect(tally.wrong.filter((wrong) => !isOwnRefusal(wrong))).toEqual([]);
    const issued = await count.most();
    const said = `${issued} tokens issued in ${count.windows} windows`;
    await measured('clock-far-back', tally.inWords, said);
  });
});
