import { describe, expect, it } from 'vitest';

import { inSeconds, measured, timed } from './support/measurements.ts';
import type { ReplicaSet } from './support/replica-set.ts';
import { aRedis, aSite, replicas } from './support/stage.ts';

const CREDENTIALS = Array.from({ length: 200 }, (_, index) => `aem-${index}`);

describe('a cold start', () => {
  it('of ten replicas on an empty store makes one exchange for each of 200 credentials', async () => {
    const [site, redis] = await Promise.all([aSite({ credentials: CREDENTIALS }), aRedis()]);
    let set: ReplicaSet | undefined;
    const took = await timed(async () => (set = await replicas(site, { redis: redis.url, count: 10 })));
    const statuses = await Promise.all(
      (set?.replicas ?? []).flatMap((replica) =>
        CREDENTIALS.map(async (name) => (await replica.get(`/v1/tokens/${name}`)).status),
      ),
    );
    const issued = [...(await site.issued()).values()];
    expect(issued.filter((count) => count !== 1)).toEqual([]);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    await measured(
      'cold-start',
      `${issued.length} exchanges`,
      `all ten ready with all tokens after ${inSeconds(took)}, starting the processes included`,
    );
  });
});
