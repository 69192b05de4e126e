import { describe, expect, it } from 'vitest';

import { RedisCluster } from '../support/redis-cluster.ts';
import { RedisSentinels } from '../support/redis-sentinel.ts';
import { eventually } from '../support/eventually.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { Callers } from './support/callers.ts';
import type { CallersTally } from './support/callers-tally.ts';
import { ExchangeCount } from './support/exchange-count.ts';
import { inSeconds, measured } from './support/measurements.ts';
import type { ScenarioId } from './support/scenarios.ts';
import type { Site } from './support/site.ts';
import { agreed, aSite, everywhere, forThisTest, replicas } from './support/stage.ts';

/** Names that fall into several slots of a Cluster: some are on the node that dies. */
const CREDENTIALS = ['aem-dev', 'aem-stage', 'aem-prod', 'aem-test'];

/**
 * Kills a master under load and waits until every replica is in step with the next one, through a renewal.
 * Returns what callers met.
 */
async function failOver(
  scenario: ScenarioId,
  site: Site,
  url: string,
  masterOf: () => Promise<RedisServer>,
): Promise<CallersTally> {
  const set = await replicas(site, { redis: url });
  const firsts = await Promise.all(CREDENTIALS.map((name) => agreed(set, name)));
  const count = await ExchangeCount.start(site);
  const callers = new Callers(site, set, { perSecond: 200 });
  const master = await masterOf();
  const start = performance.now();
  await master.kill();
  // Every replica notices at its next poll at the latest, and reports the store as up after that.
  await eventually(
    () => Promise.resolve(set.events('store.down').length),
    (noticed) => noticed > 0,
  );
  await everywhere(set, 'ims_token_store_up', 1);
  const back = performance.now() - start;
  for (const [index, name] of CREDENTIALS.entries()) await agreed(set, name, firsts[index]);
  const tally = await callers.stop();
  expect(set.probes.mostTransitionsAMinute).toBe(0);
  const issued = await count.most();
  expect(issued).toBeLessThanOrEqual(count.windows * set.replicas.length);
  await measured(
    scenario,
    tally.inWords,
    `Redis down for the service until ${inSeconds(back)} after the master's death`,
    `at most ${issued} tokens issued per credential in ${count.windows} windows`,
  );
  return tally;
}

describe('the death of a Redis master', () => {
  it('with Sentinels goes by unnoticed by callers', async () => {
    const site = await aSite({ tokenLife: 24, credentials: CREDENTIALS });
    const sentinels = forThisTest(await RedisSentinels.start({ downAfter: 1_000 }));
    const tally = await failOver('redis-sentinel-failover', site, sentinels.url, () => sentinels.master());
    expect(tally.wrong).toEqual([]);
  });

  it('in a six-node Cluster goes by unnoticed by callers', async () => {
    const site = await aSite({ tokenLife: 24, credentials: CREDENTIALS });
    const cluster = forThisTest(await RedisCluster.start({ nodeTimeout: 1_000 }));
    // The node that every replica looks at every second.
    const master = () => cluster.masterOf('ims-token:credentials');
    const tally = await failOver('redis-cluster-failover', site, cluster.url, master);
    expect(tally.wrong).toEqual([]);
  });
});
