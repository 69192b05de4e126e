import { millis } from '#libs/tokens';
import { describe, expect, it, vi } from 'vitest';

import { failing } from '../../../../test/fakes/scripted-ims-client.ts';
import { DAY, oauthDocument } from '../../../../test/support/tokens/documents.ts';
import { NAME, served } from '../../../../test/support/tokens/served.ts';

describe('a credential that is removed from its source', () => {
  it('is out of service at once, here and in the store', async () => {
    const { world, service } = await served();
    await world.remove(NAME, service);
    expect(service.tokens.get(NAME)).toBeUndefined();
    expect(await world.store.list()).toMatchObject([{ name: NAME, generation: 2, removed: true }]);
    expect(service.heard('credential.removed')).toBe(1);
  });

  it('is taken out of service in every process', async () => {
    const { world, service } = await served();
    const other = world.process();
    await other.start();
    await world.remove(NAME, service);
    await other.sync.poll();
    expect(other.tokens.get(NAME)).toBeUndefined();
  });

  it.each(['a token', 'a failure'])('is not brought back by %s that arrives later', async (what) => {
    const { world, service } = await served();
    const { promise, resolve } = Promise.withResolvers<void>();
    const answer = what === 'a token' ? { life: millis(DAY) } : failing('ims_unavailable');
    world.ims.next(NAME, { after: promise, answer });
    world.source.put(oauthDocument(NAME, 'v2'));
    await service.refresher.syncWithSource();
    await vi.waitFor(() => expect(world.ims.exchanges()).toBe(2));
    await world.remove(NAME, service);
    const inFlight = service.refresher.refreshDue();
    expect(inFlight).toHaveLength(1);
    resolve();
    await Promise.all(inFlight);
    expect(service.tokens.get(NAME)).toBeUndefined();
    expect(await world.store.list()).toMatchObject([{ removed: true }]);
  });

  it('is not brought back by the end of a publication that was under way', async () => {
    const { world, service } = await served();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.store.delay('publish', promise);
    world.source.put(oauthDocument(NAME, 'v2'));
    await service.refresher.syncWithSource();
    await vi.waitFor(() => expect(world.store.count('publish')).toBe(2));
    await world.remove(NAME, service);
    resolve();
    await service.refresh();
    expect(service.tokens.get(NAME)).toBeUndefined();
    expect(await world.store.list()).toMatchObject([{ removed: true, status: null }]);
  });

  it('is not exchanged after its removal, even if a renewal waited for the lease', async () => {
    const { world, service } = await served();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.store.delay('acquireLease', promise);
    world.source.put(oauthDocument(NAME, 'v2'));
    await service.refresher.syncWithSource();
    await world.remove(NAME, service);
    resolve();
    await service.refresh();
    expect(world.ims.exchanges()).toBe(1);
  });

  it('is not brought back by a read of the store that began before the removal', async () => {
    const { world, service } = await served();
    const other = world.process();
    await other.start();
    world.source.put(oauthDocument(NAME, 'v2'));
    await service.pollSource();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.store.delay('read', promise);
    const reads = world.store.count('read');
    const polling = other.sync.poll();
    await vi.waitFor(() => expect(world.store.count('read')).toBe(reads + 1));
    await other.sync.remove(NAME);
    resolve();
    await polling;
    expect(other.tokens.get(NAME)).toBeUndefined();
  });
});
