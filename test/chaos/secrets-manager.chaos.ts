import { beforeEach, describe, expect, it } from 'vitest';

import { RedisServer } from '../support/redis-server.ts';
import { eventually } from '../support/eventually.ts';
import { SecretsManager } from '../support/secrets-manager/secrets-manager.ts';
import { Callers } from './support/callers.ts';
import { ExchangeCount } from './support/exchange-count.ts';
import { inSeconds, measured, timed } from './support/measurements.ts';
import type { ReplicaSet } from './support/replica-set.ts';
import type { Site } from './support/site.ts';
import { agreed, aRedis, aSite, everywhere, forThisTest, renewed, replicas } from './support/stage.ts';

let site: Site;
let redis: RedisServer;
let set: ReplicaSet;
let secrets: SecretsManager;

beforeEach(async () => {
  [site, redis] = await Promise.all([aSite({ tokenLife: 24 }), aRedis()]);
  secrets = forThisTest(await SecretsManager.start());
  secrets.put('ims/aem-dev', await site.issue('aem-dev'));
  const env = { CREDENTIAL_SOURCE: 'aws-secrets-manager', ...secrets.env };
  set = await replicas(site, { redis: redis.url, env });
});

const goDown = (): void => {
  for (const action of ['ListSecrets', 'BatchGetSecretValue', 'GetSecretValue', 'DescribeSecret'] as const)
    secrets.deny(action);
};

describe('AWS Secrets Manager', () => {
  it('that refuses every call stops no renewal', async () => {
    const first = await agreed(set, 'aem-dev');
    const count = await ExchangeCount.start(site);
    const callers = new Callers(site, set, { perSecond: 200 });
    goDown();
    const noticed = await timed(() => everywhere(set, 'ims_credential_source_up', 0));
    const second = await agreed(set, 'aem-dev', first);
    expect(second).not.toBe(first);
    expect(await set.at(0).metric('ims_credential_source_up')).toBe(0);
    secrets.recover();
    const back = await timed(() => everywhere(set, 'ims_credential_source_up', 1));
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    expect(await count.most()).toBeLessThanOrEqual(count.windows);
    await measured(
      'secrets-manager-down',
      tally.inWords,
      `noticed by all within ${inSeconds(noticed)} and read again ${inSeconds(back)} after it (looked at every second here)`,
    );
  });

  it('IMS and Redis may all be down while tokens live', async () => {
    const first = await agreed(set, 'aem-dev');
    const callers = new Callers(site, set, { perSecond: 200 });
    goDown();
    await Promise.all([redis.kill(), site.sandbox.misbehave({ kind: 'drop' })]);
    await Promise.all([
      everywhere(set, 'ims_credential_source_up', 0),
      everywhere(set, 'ims_token_store_up', 0),
    ]);
    await eventually(
      () => set.at(0).metric('ims_token_runway_seconds'),
      (runway) => runway < 8,
    );
    expect(set.probes.ready).toHaveLength(3);
    secrets.recover();
    const back = await timed(async () => {
      await Promise.all([redis.restart(), site.sandbox.behave()]);
      await renewed(set, 'aem-dev', first);
      await everywhere(set, 'ims_token_store_up', 1);
    });
    const tally = await callers.stop();
    expect(tally.wrong).toEqual([]);
    expect(tally.without).toBe(0);
    expect(set.probes.mostTransitionsAMinute).toBe(0);
    await measured(
      'everything-down',
      tally.inWords,
      `a new token everywhere, and Redis in use again, ${inSeconds(back)} after all were back`,
    );
  });
});
