import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';

import { eventually } from '../support/eventually.ts';
import { Callers } from './support/callers.ts';
import { RedisCommands } from './support/redis-commands.ts';
import { agreed, aRedis, aSite, forThisTest, replicas } from './support/stage.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `aem-${index}`);
const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);

describe('Redis', () => {
  it('receives no command per vend, and two or three per replica and tick with 500 credentials', async () => {
    const [site, redis] = await Promise.all([aSite({ credentials: names(500) }), aRedis()]);
    const set = await replicas(site, { redis: redis.url });
    const admin = new Redis(redis.url);
    forThisTest({ close: async () => admin.disconnect() });
    // Until every replica has taken over every token, they read them.
    for (const name of names(500)) await agreed(set, name);
    const start = performance.now();
    const commands = await RedisCommands.count(admin);
    const tally = await new Callers(site, set, { count: 3_000 }).done();
    const seen = commands.soFar;
    const ticks = Math.ceil((performance.now() - start) / 1_000) + 1;
    expect(tally.vends).toBe(3_000);
    // A poll lists and compares. A process that lists its source once a second records that too.
    expect(sum(seen)).toBeLessThanOrEqual(3 * set.replicas.length * ticks);
  }, 300_000);

  it('receives at most eight commands per refresh, apart from the polls', async () => {
    const credentials = names(40);
    const [site, redis] = await Promise.all([aSite({ tokenLife: 20, credentials }), aRedis()]);
    const set = await replicas(site, { redis: redis.url, count: 1 });
    const admin = new Redis(redis.url);
    forThisTest({ close: async () => admin.disconnect() });
    const commands = await RedisCommands.count(admin);
    const minted = (): number => set.events('token.minted').length;
    // Started over at a moment when nothing is under way: all were minted at the start, none is due so soon.
    await eventually(
      async () => minted(),
      (count) => count === credentials.length,
    );
    commands.startOver();
    const start = performance.now();
    await eventually(
      async () => minted(),
      (count) => count === 2 * credentials.length,
    );
    const sent = sum(commands.soFar);
    const ticks = Math.ceil((performance.now() - start) / 1_000) + 1;
    // The polls of store and source take three commands a second, as above.
    expect((sent - 3 * ticks) / credentials.length).toBeLessThanOrEqual(8);
  }, 300_000);
});
