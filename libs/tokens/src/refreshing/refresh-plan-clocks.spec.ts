import { millis } from '#libs/tokens';
import { describe, expect, it } from 'vitest';

import { failing } from '../../../../test/fakes/scripted-ims-client.ts';
import { DAY, HOUR, MINUTE, oauthDocument, SECOND } from '../../../../test/support/tokens/documents.ts';
import { NAME, served } from '../../../../test/support/tokens/served.ts';
import { World } from '../../../../test/support/tokens/world.ts';

describe('setting the wall clock', () => {
  it('back by hours does not lengthen a token’s life and does not delay a renewal', async () => {
    const { world, service } = await served();
    world.clock.jump(millis(-6 * HOUR));
    expect(service.remaining(NAME)).toBe(DAY);
    expect(service.vendor.vend(NAME)).toMatchObject({ expiresIn: 86_400 });
    await world.pass(14 * HOUR, 10 * MINUTE, [service]);
    expect(world.ims.exchanges()).toBe(2);
    expect(service.remaining(NAME)).toBeGreaterThan(10 * HOUR);
  });

  it('back by hours does not change when callers are told to return', async () => {
    const { world, service } = await served();
    const before = service.vendor.vend(NAME);
    world.clock.jump(millis(-6 * HOUR));
    const after = service.vendor.vend(NAME);
    expect(
      after.outcome === 'vended' && before.outcome === 'vended' && after.refreshIn - before.refreshIn,
    ).toBe(0);
  });

  it('forward by hours renews at once, and back again does no harm', async () => {
    const { world, service } = await served();
    world.clock.jump(millis(14 * HOUR));
    await service.refresh();
    expect(world.ims.exchanges()).toBe(2);
    world.clock.jump(millis(-14 * HOUR));
    await world.pass(2 * DAY, 10 * MINUTE, [service], () => {
      expect(service.remaining(NAME)).toBeLessThanOrEqual(DAY);
      expect(service.remaining(NAME)).toBeGreaterThan(10 * HOUR);
    });
  });

  it.each([-2 * HOUR, 2 * HOUR])(
    'by %i ms while a failure backs off leaves no back-off stuck',
    async (jump) => {
      const { world, service } = await served();
      await world.pass(13 * HOUR, 10 * MINUTE, [service]);
      world.source.put(oauthDocument(NAME, 'v2'));
      world.ims.next(NAME, failing('ims_unavailable'), failing('ims_unavailable'));
      await service.pollSource();
      world.clock.jump(millis(jump));
      await world.pass(MINUTE, SECOND, [service]);
      expect(service.tokens.get(NAME)?.cached?.record.version).toBe('v2');
      expect(service.state(NAME)).toBe('healthy');
    },
  );

  it('back does not keep status from showing later failures', async () => {
    const { world, service } = await served();
    const reader = world.process();
    await reader.sync.poll();
    world.clock.jump(millis(-3 * HOUR));
    world.ims.next(NAME, failing('ims_invalid_client_secret', { retryable: false }));
    world.source.put(oauthDocument(NAME, 'v2'));
    await service.pollSource();
    await reader.sync.poll();
    expect(service.state(NAME)).toBe('degraded');
    expect(reader.state(NAME)).toBe('degraded');
    await world.pass(2 * MINUTE, SECOND, [service, reader]);
    expect(service.state(NAME)).toBe('healthy');
    expect(reader.state(NAME)).toBe('healthy');
  });

  it('back before a cached token is published again does not lengthen its life', async () => {
    const { world, service } = await served();
    world.clock.advance(millis(10 * HOUR));
    world.clock.jump(millis(-10 * HOUR));
    const { record } = service.tokens.get(NAME)?.cached ?? {};
    if (record === undefined) throw new Error('nothing is held');
    await service.sync.publish({ ...record, generation: service.sync.nextGeneration(NAME) });
    expect(service.remaining(NAME)).toBe(14 * HOUR);
  });
});

describe('a machine that slept', () => {
  it('does not hand out a token that expired meanwhile, and renews at the first tick', async () => {
    const { world, service } = await served();
    world.clock.jump(millis(30 * HOUR));
    expect(service.served(NAME)).toBeNull();
    await service.refresh();
    expect(service.served(NAME)).not.toBeNull();
  });

  it('does not wait for a back-off that would have ended', async () => {
    const { world, service } = await served();
    world.source.put(oauthDocument(NAME, 'v2'));
    world.ims.next(NAME, failing('ims_throttled', { retryAfter: millis(HOUR) }));
    await service.pollSource();
    world.clock.jump(millis(2 * HOUR));
    await service.refresh();
    expect(service.state(NAME)).toBe('healthy');
  });
});

describe('a failure of another process', () => {
  it.each([-2 * HOUR, 2 * HOUR])(
    'is waited for as long as that process chose, with its clock %i ms off',
    async (skew) => {
      const world = new World();
      world.source.put(oauthDocument(NAME));
      world.ims.next(NAME, failing('ims_unavailable'));
      world.clock.jump(millis(skew));
      await world.process().start();
      world.clock.jump(millis(-skew));
      const other = world.process();
      await other.start();
      await world.pass(SECOND, SECOND, [other]);
      expect(other.served(NAME)).not.toBeNull();
    },
  );
});
