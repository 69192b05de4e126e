import { describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { Callers } from './support/callers.ts';
import { ExchangeCount } from './support/exchange-count.ts';
import { inSeconds, measured, timed } from './support/measurements.ts';
import type { Replica } from './support/replica.ts';
import type { ImsFault } from './support/sandbox-process.ts';
import type { ScenarioId } from './support/scenarios.ts';
import { agreed, aRedis, aSite, replicas } from './support/stage.ts';

interface Status {
  readonly state: string;
  readonly runway_seconds: number;
  readonly last_failure: { readonly code: string } | null;
}

const statusOf = async (replica: Replica): Promise<Status> =>
  JSON.parse((await replica.get('/v1/status/aem-dev')).text) as Status;

/**
 * The seconds of life left when each fault ends.
 * One hanging attempt takes a fifth of a lifetime, and still hangs after the fault ends.
 */
const STORMS: readonly (readonly [ScenarioId, string, number, ImsFault])[] = [
  ['ims-throttles', 'ims_throttled', 9, { kind: 'status', status: 429, retryAfter: 2 }],
  ['ims-fails', 'ims_unavailable', 9, { kind: 'status', status: 500 }],
  ['ims-hangs', 'ims_timeout', 30, { kind: 'hang', times: 1 }],
];

describe('a storm at IMS', () => {
  it.each(STORMS)('is not noticed by callers while tokens live: %s', async (scenario, code, left, fault) => {
    const [site, redis] = await Promise.all([aSite({ tokenLife: 30 }), aRedis()]);
    const set = await replicas(site, { redis: redis.url });
    const first = await agreed(set, 'aem-dev');
    const count = await ExchangeCount.start(site);
    const callers = new Callers(site, set, { perSecond: 200 });
    const requests = async (): Promise<number> =>
      Object.values(await site.sandbox.ledger()).reduce((sum, client) => sum + client.requests, 0);
    await site.sandbox.misbehave(fault);
    const before = await requests();
    const [one, another] = [set.at(0), set.at(1)];
    // Every replica says what one of them met.
    for (const replica of [one, another]) {
      await eventually(
        () => statusOf(replica),
        ({ last_failure: failure }) => failure?.code === code,
      );
    }
    const shortest = await eventually(
      () => statusOf(one),
      ({ runway_seconds: runway }) => runway <= left,
    );
    expect(['degraded', ...(fault.times === undefined ? [] : ['healthy'])]).toContain(shortest.state);
    const asked = (await requests()) - before;
    await site.sandbox.behave();
    const back = await timed(() => agreed(set, 'aem-dev', first));
    await eventually(
      () => statusOf(another),
      ({ state }) => state === 'healthy',
    );
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    expect(tally.without).toBe(0);
    expect(set.probes.mostTransitionsAMinute).toBe(0);
    expect(await count.most()).toBeLessThanOrEqual(count.windows);
    await measured(
      scenario,
      tally.inWords,
      `three replicas together had asked ${asked} times when ${shortest.runway_seconds} s of 30 were left`,
      `a new token everywhere ${inSeconds(back)} after the storm`,
    );
  });

  it('that outlasts the tokens is answered with 503 and Retry-After until it is over', async () => {
    const [site, redis] = await Promise.all([aSite({ tokenLife: 20 }), aRedis()]);
    const set = await replicas(site, { redis: redis.url });
    const callers = new Callers(site, set, { perSecond: 200 });
    await site.sandbox.misbehave({ kind: 'status', status: 500 });
    await eventually(
      () => Promise.all(set.replicas.map((replica) => statusOf(replica))),
      (all) => all.every(({ state }) => state === 'expired'),
    );
    const { status, retryAfter, text } = await set.at(0).get('/v1/tokens/aem-dev');
    expect([status, (JSON.parse(text) as { code: string }).code]).toEqual([503, 'token_expired']);
    expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
    expect(await set.at(0).metric('ims_token_runway_seconds')).toBeLessThan(3);
    expect((await set.at(0).get('/readyz')).status).toBe(503);
    await site.sandbox.behave();
    const back = await timed(() => agreed(set, 'aem-dev'));
    await set.probes.allReady();
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    expect(set.probes.mostTransitionsAMinute).toBeLessThanOrEqual(2);
    await measured(
      'ims-gone-for-long',
      tally.inWords,
      `tokens everywhere ${inSeconds(back)} after IMS was back`,
    );
  });
});
