import { describe, expect, it } from 'vitest';

import { SecretsManager } from '../support/secrets-manager/secrets-manager.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { Callers } from './support/callers.ts';
import { ExchangeCount } from './support/exchange-count.ts';
import { Faults } from './support/faults.ts';
import { inSeconds, measured } from './support/measurements.ts';
import { aRedis, aSite, forThisTest, replicas } from './support/stage.ts';

const VENDS = 100_000;
const CREDENTIALS = ['aem-dev', 'aem-stage', 'aem-prod', 'aem-test'];

describe('a hundred thousand vends while everything fails by turns', () => {
  it('hand out no expired token, and no 5xx while a live token exists', async () => {
    const [site, redis] = await Promise.all([aSite({ tokenLife: 30, credentials: CREDENTIALS }), aRedis()]);
    const secrets = forThisTest(await SecretsManager.start());
    for (const name of CREDENTIALS) secrets.put(`ims/${name}`, await site.issue(name));
    const proxy = await TcpProxy.to(redis.port);
    forThisTest({ close: async () => proxy.remove() });
    const set = await replicas(site, {
      redis: [`redis://127.0.0.1:${proxy.port}`, redis.url, redis.url],
      env: { CREDENTIAL_SOURCE: 'aws-secrets-manager', ...secrets.env },
    });
    const count = await ExchangeCount.start(site);
    const start = performance.now();
    const callers = new Callers(site, set, { concurrency: 8, perSecond: 1_000, count: VENDS });
    const faults = new Faults({ site, set, redis, proxy, secrets, length: 4_000 });
    const done = callers.done();
    await faults.during(done);
    const tally = await done;
    const [issued, { windows }] = [await count.most(), count];
    const tokens = `${tally.tokens.size} tokens of ${CREDENTIALS.length} credentials`;
    const said = [
      `${tally.inWords}, ${tokens}, in ${inSeconds(performance.now() - start)}`,
      `${faults.count} failures (${[...faults.done].map(([what, times]) => `${what} ${times}×`).join(', ')})`,
      `at most ${issued} tokens issued per credential in ${windows} windows`,
      `readiness changed at most ${set.probes.mostTransitionsAMinute} times a minute`,
      `longest time between two vends ${inSeconds(tally.longestGap)}`,
    ];
    expect(tally.wrong).toEqual([]);
    expect(tally.without).toBe(0);
    expect(tally.letIn).toBeGreaterThan(0.99 * VENDS);
    expect(set.probes.mostTransitionsAMinute).toBeLessThanOrEqual(1);
    expect(issued).toBeLessThanOrEqual(windows + faults.count);
    await measured('hundred-thousand-vends', ...said);
  });
});
