import { createServingSide, millis, RefreshPolicy, ServePolicy, type TokenRecord } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing, HANGING } from '../../../../test/fakes/scripted-ims-client.ts';
import { ScriptedTokenCache } from '../../../../test/fakes/scripted-token-cache.ts';
import {
  DAY,
  HOUR,
  MINUTE,
  named,
  oauthDocument,
  SECOND,
  tokenOf,
} from '../../../../test/support/tokens/documents.ts';
import { World } from '../../../../test/support/tokens/world.ts';

const [NAME, OTHER] = [named('aem-dev'), named('aem-other')];
const BUDGET = 12;

/** A world whose store is down, and the cache of one machine in it. */
function alone() {
  const world = new World();
  world.source.put(oauthDocument(NAME));
  world.store.fail();
  return { world, cache: new ScriptedTokenCache() };
}

/** A machine whose process had a token when it died, with the store down from then on. */
async function crashed() {
  const world = new World();
  const cache = new ScriptedTokenCache();
  world.source.put(oauthDocument(NAME));
  await world.store.publish({ name: NAME, generation: 4, token: tokenOf('kept'), version: 'v1' });
  const service = world.processWithCache(cache);
  await service.start();
  await service.tick();
  const token = service.served(NAME);
  const sha256 = service.tokens.get(NAME)?.cached?.token.sha256 ?? '';
  world.store.fail();
  return { world, cache, token, sha256 };
}

/** A process without credentials on this machine, after its first poll. */
async function vending({ world, cache }: { world: World; cache: ScriptedTokenCache }) {
  const side = createServingSide({
    store: world.store,
    cache,
    peers: null,
    clock: world.clock,
    listener: () => undefined,
    servePolicy: new ServePolicy(),
    refreshPolicy: new RefreshPolicy(),
  });
  await side.sync.poll();
  const served = (): string | null => {
    const vended = side.vendor.vend(NAME);
    return vended.outcome === 'vended' ? vended.cached.token.reveal() : null;
  };
  return { ...side, served };
}

describe('a crash loop while the store is down', () => {
  it.each([SECOND, MINUTE, 20 * MINUTE])(
    'costs one exchange where the token in the cache lives, with a start every %i ms',
    async (pause) => {
      const { world, cache } = alone();
      for (let starts = 0; starts < 30; starts += 1) {
        const service = world.processWithCache(cache);
        await service.start();
        expect(service.served(NAME)).toBe('fake-token-1-of-aem-dev');
        world.clock.advance(millis(pause));
      }
      expect(world.ims.exchanges()).toBe(1);
    },
  );

  it.each<[string, (world: World) => void]>([
    ['whose tokens are over at once', ({ ims }) => ims.always(NAME, { life: millis(5 * SECOND) })],
    ['that end during the exchange', ({ ims }) => ims.always(NAME, HANGING)],
  ])('has one budget for all processes %s', async (_, script) => {
    const { world, cache } = alone();
    script(world);
    for (let starts = 0; starts < 3 * BUDGET; starts += 1) {
      const service = world.processWithCache(cache);
      await service.sync.poll();
      await service.refresher.syncWithSource();
      void service.refresher.refreshDue();
      // The exchange of a process that dies does not end.
      await new Promise(setImmediate);
      world.clock.advance(millis(10 * SECOND));
    }
    expect(world.ims.exchanges()).toBe(BUDGET);
    world.ims.always(NAME, { life: millis(DAY) });
    world.clock.advance(millis(HOUR));
    const service = world.processWithCache(cache);
    await service.start();
    expect(service.served(NAME)).not.toBeNull();
  });

  it('charges no attempt that mints nothing', async () => {
    const { world, cache } = alone();
    world.ims.always(NAME, failing('ims_unavailable'));
    for (let starts = 0; starts < 3 * BUDGET; starts += 1) await world.processWithCache(cache).start();
    expect(world.ims.exchanges()).toBe(3 * BUDGET);
    world.ims.always(NAME, { life: millis(DAY) });
    const service = world.processWithCache(cache);
    await service.start();
    expect(service.served(NAME)).not.toBeNull();
  });
});

describe('a process that starts while the store is down', () => {
  it('vends the token of the cache, and knows that the cache had everything', async () => {
    const machine = await crashed();
    const { served, sync } = await vending(machine);
    expect(served()).toBe(machine.token);
    expect([sync.hasCompleteCopy, await sync.hasListing()]).toEqual([true, false]);
  });

  it('does not count a cache as complete that has lost a token, or never had all', async () => {
    const machine = await crashed();
    machine.world.store.recover();
    machine.world.source.put(oauthDocument(OTHER));
    const service = machine.world.processWithCache(machine.cache);
    await service.start();
    await service.tick();
    machine.world.store.fail();
    machine.cache.lose(OTHER);
    expect((await vending(machine)).sync.hasCompleteCopy).toBe(false);
    expect((await vending({ ...machine, cache: new ScriptedTokenCache() })).sync.hasCompleteCopy).toBe(false);
  });

  it.each([
    ['an hour', HOUR, true],
    ['more than an hour', HOUR + SECOND, false],
    ['minus a few seconds, as clocks differ', -30 * SECOND, true],
    ['minus an hour, as after the clock was set back', -HOUR, false],
  ])('uses a cache after %s of downtime, or not', async (_, length, isUsed) => {
    const machine = await crashed();
    machine.world.clock.jump(millis(length));
    const { served, sync } = await vending(machine);
    expect(served()).toBe(isUsed ? machine.token : null);
    expect(sync.hasCompleteCopy).toBe(isUsed);
  });

  it('counts the downtime from the last process, however long the store is down', async () => {
    const machine = await crashed();
    const { world } = machine;
    world.ims.always(NAME, failing('ims_unavailable'));
    for (let hours = 0; hours < 10; hours += 1) {
      const { sync, served } = await vending(machine);
      expect(served()).toBe(machine.token);
      sync.noteListing().catch(() => undefined);
      await sync.poll();
      world.clock.advance(millis(59 * MINUTE));
    }
  });

  it('vends no token of the cache that has expired', async () => {
    const machine = await crashed();
    const service = machine.world.processWithCache(machine.cache);
    await service.sync.poll();
    machine.world.clock.advance(millis(23.9 * HOUR));
    await service.sync.poll();
    machine.world.clock.advance(millis(0.2 * HOUR));
    expect((await vending(machine)).served()).toBeNull();
  });
});

describe('a store that answers', () => {
  it('is believed: the cache is not read at all', async () => {
    const { world, cache } = await crashed();
    world.store.recover();
    const before = cache.loads;
    await world.processWithCache(cache).start();
    expect(cache.loads).toBe(before);
  });

  const record = (generation: number, sha256: string): TokenRecord => ({
    name: NAME,
    generation,
    token: tokenOf('replacement'),
    version: 'v1',
    rejected: [sha256],
  });
  it.each<[string, (store: World['store'], sha256: string) => Promise<unknown>, string | null]>([
    ['a replacement', (store, sha256) => store.publish(record(5, sha256)), 'replacement'],
    [
      'a note that it is revoked, and nothing newer',
      (store, sha256) => store.noteRevoked(NAME, sha256),
      null,
    ],
    [
      'a replacement of a lower generation, where the store has lost its last writes',
      async (store, sha256) => {
        store.flush();
        await store.publish(record(1, sha256));
      },
      'replacement',
    ],
    [
      'a note, where the store has lost the token',
      async (store, sha256) => {
        store.flush();
        await store.noteRevoked(NAME, sha256);
      },
      null,
    ],
  ])('takes a token of the cache out of service by %s', async (_, happen, expected) => {
    const machine = await crashed();
    const { served, sync } = await vending(machine);
    expect(served()).toBe(machine.token);
    machine.world.store.recover();
    await happen(machine.world.store, machine.sha256);
    await sync.poll();
    expect(served()).not.toBe(machine.token);
    await sync.poll();
    expect(served()).toBe(expected);
  });
});

describe('the cache', () => {
  it('loses tokens that expire, and those of removed credentials', async () => {
    const { world, cache } = await crashed();
    world.store.recover();
    world.source.put(oauthDocument(OTHER));
    const service = world.processWithCache(cache);
    await service.start();
    await service.tick();
    expect(cache.names).toEqual([NAME, OTHER]);
    world.source.drop(OTHER);
    await service.pollSource();
    await service.pollSource();
    await service.tick();
    expect(cache.names).toEqual([NAME]);
    world.ims.always(NAME, failing('ims_unavailable'));
    world.clock.advance(millis(DAY + MINUTE));
    await service.tick();
    await service.tick();
    expect(cache.names).toEqual([]);
  });

  it('that is full stops nothing, is announced once, and is written as soon as there is room', async () => {
    const { world, cache } = alone();
    cache.isFull = true;
    const service = world.processWithCache(cache);
    await service.start();
    for (let ticks = 0; ticks < 5; ticks += 1) await service.tick();
    expect(service.served(NAME)).not.toBeNull();
    expect(service.heard('cache.down')).toBe(1);
    expect(cache.names).toEqual([]);
    cache.isFull = false;
    await service.tick();
    await service.tick();
    expect(cache.names).toEqual([NAME]);
    expect([service.heard('cache.down'), service.heard('cache.up')]).toEqual([1, 1]);
  });
});
